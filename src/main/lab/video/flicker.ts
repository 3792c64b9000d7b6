/** Pixels around an object that count as moving with it: its shadow, and what the noise's soft edge reaches. */
const REACH = 4;

/** Mean change of a map's noise fraction between two frames. @param where 1 for the pixels that count; absent: all */
export function flicker(before: Float32Array, after: Float32Array, where?: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < before.length; i++)
    if (!where || where[i]) {
      sum += Math.abs(after[i]! - before[i]!);
      count++;
    }
  return sum / count;
}

/** 1 where neither object is, nor comes near. @param objects masks of both frames, [size, size] */
export function stillPixels(objects: [Uint8Array, Uint8Array], size: number): Uint8Array {
  const still = new Uint8Array(size * size).fill(1);
  for (const object of objects)
    object.forEach((inside, at) => {
      if (!inside) return;
      const [x, y] = [at % size, Math.floor(at / size)];
      for (let dy = -REACH; dy <= REACH; dy++)
        for (let dx = -REACH; dx <= REACH; dx++)
          if (x + dx >= 0 && x + dx < size && y + dy >= 0 && y + dy < size)
            still[(y + dy) * size + x + dx] = 0;
    });
  return still;
}
