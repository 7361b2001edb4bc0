import type { FirstName } from './catalogue.ts';
import { ranked } from './ranked.ts';

/** Common first names in the United States, the most common first. */
const female = `
Mary Jennifer Emily Jessica Ashley Sarah Elizabeth Emma Olivia Samantha Hannah Amanda Sophia Isabella
Madison Abigail Lauren Megan Rachel Stephanie Nicole Ava Kayla Brittany Victoria Michelle Amber Danielle
Grace Natalie Alexis Rebecca Anna Chloe Mia Kimberly Heather Courtney Christina Melissa Taylor Alyssa
Katherine Julia Maria Sydney Haley Morgan Lily Ella Zoe Charlotte Amelia Evelyn Harper Brianna Kelly
Allison Laura Andrea Erin Vanessa Jasmine Erica Kathryn Claire Audrey Lucy Naomi Sofía Camila Valeria
Gabriela Daniela Lucía Ximena Adriana Alicia Monica Veronica Diana Leah Hazel Violet Stella Nora Ruby
Alice Eleanor Clara Josephine Fatima Aaliyah Imani Nia Keisha Priya Anjali Mei Yuki Thuy Zoë Renée
Margaret Patricia Linda Barbara Susan Karen Nancy Lisa Sandra Donna Carol Ruth Sharon Cynthia Angela
Brooke Paige Savannah Autumn Jordan Destiny Gianna Aurora Ivy Willow Penelope Mackenzie Kaitlyn Molly`;

const male = `
Michael James John David William Christopher Joshua Matthew Daniel Andrew Joseph Jacob Ethan Noah Liam
Ryan Nicholas Tyler Anthony Alexander Brandon Justin Jonathan Benjamin Samuel Zachary Mason Logan Lucas
Kevin Robert Thomas Eric Brian Kyle Aaron Jason Adam Nathan Jose Christian Austin Dylan Caleb Elijah
Oliver Aiden Jackson Henry Sebastian Owen Isaac Luke Gabriel Hunter Cameron Evan Jordan Connor Juan
Luis Carlos Miguel Angel Jesús José Diego Alejandro Santiago Mateo Andrés Javier Ricardo Eduardo Marcus
Darius Malik Jamal Terrence Andre Xavier Isaiah Elias Levi Julian Wyatt Leo Ezra Theodore Asher Hudson
Ian Sean Patrick Trevor Garrett Derek Shane Travis Cody Dustin Peter Paul Mark Steven Scott Gregory
Kenneth Edward George Richard Charles Donald Ronald Timothy Jeffrey Stephen Larry Frank Raymond Walter
Omar Ali Mohammed Arjun Rohan Kenji Minh Wei Ivan Nikolai René Björn Finn Declan Beau Jasper Silas`;

/** First names with their gender; both genders are as common. */
export const firstNames: readonly FirstName[] = [
  ...ranked(female).map((name) => ({ ...name, gender: 'F' })),
  ...ranked(male).map((name) => ({ ...name, gender: 'M' })),
];
