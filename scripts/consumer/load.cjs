// Loads each package named on the command line with require(), as a CommonJS program does.
for (const name of process.argv.slice(2)) {
  const names = Object.keys(require(name));
  if (names.length === 0 || names.includes('default')) throw new Error(`require ${name}: ${names}`);
}
