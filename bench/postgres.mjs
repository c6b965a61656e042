// SPDX-License-Identifier: EUPL-1.2
// A PostgreSQL of one's own for a comparison: a cluster in a temporary folder, reached by a socket there, stopped at the end.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = () => {
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  return join('/usr/lib/postgresql', versions[0], 'bin');
};

export function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'rathaus-postgres-'));
  const root = process.getuid() === 0; // PostgreSQL refuses to run as root
  const as = (program, args, options = {}) => execFileSync(root ? 'runuser' : program, root ? ['-u', 'postgres', '--', program, ...args] : args,
    { encoding: 'utf8', maxBuffer: 1 << 28, cwd: '/', ...options });
  if (root) execFileSync('chown', ['postgres', folder]);
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  as(join(bin(), 'initdb'), ['-D', data, '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'trust', '-U', 'postgres', '--no-sync'], { stdio: 'pipe' });
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'shared_buffers=1GB', 'maintenance_work_mem=512MB', 'work_mem=64MB',
    'fsync=off', 'max_wal_size=8GB', 'jit=off', 'client_min_messages=warning'];
  as(join(bin(), 'pg_ctl'), ['-D', data, '-w', '-t', '60', '-l', join(folder, 'log'), '-o', settings.map(s => `-c ${s}`).join(' '), 'start'], { stdio: 'ignore' });
  const connect = ['-h', folder, '-U', 'postgres', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
  return {
    /** Run statements; returns the rows' text. */
    sql: text => as('psql', connect, { input: text }).trim(),
    /** Milliseconds of each statement, all in one session. */
    timed: statements => {
      const out = as('psql', [...connect, '-o', '/dev/null', '-c', '\\timing on', ...statements.flatMap(s => ['-c', s])]);
      return [...out.matchAll(/Time: ([\d.]+) ms/g)].map(m => Number(m[1]));
    },
    /** Feed a program's output to a COPY … FROM STDIN. */
    copy: (command, program, args) => new Promise((resolve, reject) => {
      const source = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const target = spawn(root ? 'runuser' : 'psql', [...(root ? ['-u', 'postgres', '--', 'psql'] : []), ...connect, '-c', command],
        { stdio: [source.stdout, 'ignore', 'inherit'], cwd: '/' });
      target.on('exit', code => (code === 0 ? resolve() : reject(new Error(`psql: ${code}`))));
    }),
    stop: () => {
      as(join(bin(), 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
