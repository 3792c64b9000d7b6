import { spawnSync } from 'node:child_process';

/** Python as a second opinion on files that Python users will read; null where it, or the module, is not installed. */
export function pythonWith(module: string): ((program: string, ...args: string[]) => unknown) | null {
  const python = ['python3', '/usr/bin/python3'].find(
    (name) => spawnSync(name, ['-c', `import ${module}`]).status === 0,
  );
  if (!python) return null;
  return (program, ...args) => {
    const { stdout, stderr, status } = spawnSync(python, ['-c', program, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
}
