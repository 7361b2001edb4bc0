const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Words that invented artists and songs are put together from. */
export const adjectives = words(`
Amber Broken Crimson Distant Electric Faded Golden Hollow Iron Jagged Lonely Midnight Neon Open Paper Quiet
Restless Silver Tender Velvet Wild Young Ancient Blue Crooked Drifting Early Frozen Gentle Heavy Invisible
Lucky Modern Northern Pale Red Secret Thirsty Unspoken Violet Wandering Burning Concrete Dusty Endless
Fearless Green Hidden Little Marble Nameless Orange Perfect Rusty Sleepless Tangled Upside Vacant Weightless
Bitter Careless Daring Empty Foreign Glass Humble Idle Last Magnetic Native Ordinary Patient Rolling Salted
Slow Twisted Wooden`);
export const nouns = words(`
Anchor Bridge Canyon Desert Engine Forest Garden Harbor Island Junction Kettle Lantern Meadow Needle Ocean
Parade Quarry River Satellite Tower Valley Window Arrow Balcony Comet Drum Echo Feather Ghost Horizon Ivory
Jacket Kingdom Ladder Mirror Notebook Orchard Piano Radio Shadow Thunder Umbrella Violin Winter Avenue
Blanket Carnival Diamond Elevator Fountain Gravity Highway Island Jukebox Kite Lighthouse Machine Neighbor
Oracle Postcard Rocket Summer Telegram Ticket Voyage Whisper Yard Almanac Bandit Candle Dancer Ember Fox
Geyser Hammer Iris Jungle Lemon Magnet Nomad Otter Pilot Raven Sailor Tiger Wolf Zephyr Cinema Compass`);
export const verbs = words(`
Hold Follow Remember Forgive Carry Wake Find Leave Call Believe Catch Change Chase Cover Dream Fade Feel Fly
Forget Hear Hide Keep Know Lift Lose Love Miss Move Need Paint Play Pull Push Reach Read Run Save See Send
Shake Sing Start Stay Steal Stop Take Tell Turn Wait Want Watch Write`);
export const endings = words(`
Tonight Again Slowly Home Forever Tomorrow Away Anyway Somehow Twice Outside Together Alone Now Gently
Instead Backwards Sideways Still Sometime`);
export const givenNames = words(`
Ada Ansel Beatriz Björk Bruno Cleo Dario Élodie Esme Felix Fiona Greta Hugo Ines Jonas Kira Lars Lúcia Mabel
Milo Nadia Noé Odette Otis Petra Quinn Rafael Renée Saskia Søren Tobias Una Vera Wendell Ximena Yara Zoltán
Agnes Basil Cora Dmitri Elsa Gideon Hana Igor Jolene`);
export const surnames = words(`
Abernathy Bellweather Castellano Dufresne Eastwood Fairweather Grünwald Holloway Ibarra Jørgensen Kowal
Lindqvist Marchetti Nakamura Okafor Pemberton Quintana Rosenthal Sorensen Tanaka Underhill Vasquéz Whitlock
Yamada Zielinski Ashdown Birchwood Calloway Delacroix Everhart Fontaine Greenfield Hartmann Ivanova Jansen
Kingsley Larkspur Monroe Novotný Ostrander`);
