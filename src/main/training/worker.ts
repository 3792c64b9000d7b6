/**
 * @file Entry of the training worker, built to out/main/worker.js: a process of its own that owns the compute device
 * and never the database. It does what the jobs it is sent say, and ends with the process that started it.
 */
import { startEngine } from '../engine';
import { decodeSquare } from '../library/decode';
import { runJob } from './jobs';
import { connectToParent } from './parentPort';
import { serveJobs } from './workerLoop';

const port = connectToParent();
port.onClose(() => process.exit(0));
// Ctrl+C reaches every process of the terminal; main decides what becomes of the run.
process.on('SIGINT', () => {});
serveJobs(port, { startEngine, decode: decodeSquare, runJob });
