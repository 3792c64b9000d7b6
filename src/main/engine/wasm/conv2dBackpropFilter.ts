import { call, free, type KernelCall, registerWasmKernel } from './backend';
import { type Conv2DAttrs, conv2dInfo } from './convolution';
import type { TensorInfo } from './types';

interface Inputs {
  x: TensorInfo;
  dy: TensorInfo;
}
type Attributes = Conv2DAttrs & { filterShape: [number, number, number, number] };

/**
 * dW[kh, kw, ci, co] = sum over n, h, w of x[n, h s + kh - p, w s + kw - p, ci] dY[n, h, w, co]: a convolution of
 * x seen as [C_in, H, W, N] with the filter dY seen as [H', W', N, C_out], dilated by the stride s.
 */
function conv2dBackpropFilter({ inputs, attrs, backend }: KernelCall<Inputs, Attributes>): TensorInfo {
  const { x, dy } = inputs;
  const info = conv2dInfo('Conv2DBackpropFilter', x.shape, attrs.filterShape, { ...attrs, dilations: 1 });
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const xT = call(backend, 'Transpose', { x }, { perm: [3, 1, 2, 0] });
  const dyT = call(backend, 'Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
  // Pads chosen so that the output is exactly filterHeight by filterWidth: rows of x that no window reached are cut.
  const bottom = filterHeight + (info.outHeight - 1) * strideHeight - info.inHeight - padInfo.top;
  const right = filterWidth + (info.outWidth - 1) * strideWidth - info.inWidth - padInfo.left;
  const cut =
    bottom < 0 || right < 0
      ? call(
          backend,
          'Slice',
          { x: xT },
          {
            begin: [0, 0, 0, 0],
            size: [
              info.inChannels,
              info.inHeight + Math.min(0, bottom),
              info.inWidth + Math.min(0, right),
              info.batchSize,
            ],
          },
        )
      : null;
  const spread = call(
    backend,
    'Conv2D',
    { x: cut ?? xT, filter: dyT },
    {
      strides: 1,
      dilations: [strideHeight, strideWidth],
      dataFormat: 'NHWC',
      pad: [
        [0, 0],
        [padInfo.top, Math.max(0, bottom)],
        [padInfo.left, Math.max(0, right)],
        [0, 0],
      ],
    },
  );
  const dW = call(backend, 'Transpose', { x: spread }, { perm: [1, 2, 0, 3] });
  free(backend, xT, dyT, spread);
  if (cut) free(backend, cut);
  return dW;
}

export const registerConv2dBackpropFilter = () =>
  registerWasmKernel('Conv2DBackpropFilter', conv2dBackpropFilter);
