// A Kinesis server on this machine, to try the logger with: `node local-server.mjs PORT [DIRECTORY]`. Prints the port that it listens on.
import kinesalite from 'kinesalite';

const [port, path] = process.argv.slice(2);
const server = kinesalite({ createStreamMs: 0, shardLimit: 100, ...(path !== undefined && { path }) });
server.listen(Number(port), '127.0.0.1', () => console.log(server.address().port));
