// Azurite's own command, ended with whoever started it: the pipe closes however that process dies.
process.stdin.on('end', () => process.exit(0)).resume();
await import('azurite/dist/src/table/main.js');
