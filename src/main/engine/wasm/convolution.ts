/** @file What the convolution kernels share. */

export interface Conv2DAttrs {
  strides: [number, number] | number;
  pad: 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export function requireNHWC(kernel: string, dataFormat: string | undefined): void {
  if (dataFormat && dataFormat !== 'NHWC')
    throw new Error(`The wasm backend's ${kernel} knows the data format NHWC only, not ${dataFormat}.`);
}
