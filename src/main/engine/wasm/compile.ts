/** @file From a kernel's shape to a function that computes in the wasm backend's own memory. */
import { assemble, FunctionBuilder } from './assembler';
import type { WasmBackend } from './backend';

type Compiled = (...addresses: number[]) => void;

/** More than a training run ever needs; only a caller that goes through endless image sizes meets it. */
const MOST_KEPT = 1000;
const cache = new Map<string, Compiled>();
const helperModules = new Map<string, WebAssembly.Module>();

/**
 * Builds a function once per key.
 * @param key all that `build` depends on
 */
export function compiled(backend: WasmBackend, key: string, build: () => FunctionBuilder): Compiled {
  const found = cache.get(key);
  if (found) return found;
  if (cache.size >= MOST_KEPT) cache.clear();
  const module = new WebAssembly.Module(assemble(build()));
  const instance = new WebAssembly.Instance(module, { env: { memory: memoryOf(backend) } });
  const run = instance.exports.run as Compiled;
  cache.set(key, run);
  return run;
}

/** The same function for threads with a memory of their own, built once per key. */
export function moduleForHelpers(key: string, build: () => FunctionBuilder): WebAssembly.Module {
  const found = helperModules.get(key);
  if (found) return found;
  if (helperModules.size >= MOST_KEPT) helperModules.clear();
  const module = new WebAssembly.Module(assemble(build(), 'shared'));
  helperModules.set(key, module);
  return module;
}

/** The heap of TensorFlow.js' own module, whose export has a minified name or not, depending on its build. */
function memoryOf(backend: WasmBackend): WebAssembly.Memory {
  const memory = Object.values(backend.wasm.asm).find((item) => item instanceof WebAssembly.Memory);
  if (!memory) throw new Error('The wasm backend does not export its memory.');
  return memory as WebAssembly.Memory;
}

/** Whether this JavaScript engine has SIMD, without which none of our kernels runs. */
export function hasSimd(): boolean {
  const f = new FunctionBuilder(0);
  const local = f.local('v128');
  return WebAssembly.validate(assemble(f.multiplyAdd(local, local, local)));
}
