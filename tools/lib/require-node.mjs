// Imported before anything else, so it uses only what an old Node has too.
const [major, minor] = process.versions.node.split('.').map(Number);
// what is loaded may `require` an ES module, which these could not do yet
const tooOld = major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 12);
if (tooOld) {
  console.error(
    `Dunlin needs Node 20.19, 22.12 or newer; this is Node ${process.versions.node}. See https://nodejs.org.`,
  );
  process.exit(1);
}
