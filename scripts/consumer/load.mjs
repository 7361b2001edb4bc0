// Loads each package named on the command line with import().
for (const name of process.argv.slice(2)) {
  const names = Object.keys(await import(name));
  if (names.length === 0 || names.includes('default')) throw new Error(`import ${name}: ${names}`);
}
