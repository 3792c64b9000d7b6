/** @file Value by value, on tensors and, where shapes are computed, on numbers of the host. */
import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../../../engine/tf';
import { host, type Inputs, isHost, type Operator, type Value } from '../value';

const unary =
  (compute: (x: Tensor) => Tensor): Operator =>
  (inputs) => [compute(inputs.tensor(0))];

/** Two operands, the smaller one repeated. */
function binary(
  onTensors: (a: Tensor, b: Tensor) => Tensor,
  onNumbers: (a: number, b: number) => number,
): Operator {
  return (inputs) => {
    const [a, b] = [inputs.value(0), inputs.value(1)];
    if (!isHost(a) || !isHost(b)) return [onTensors(inputs.tensor(0), inputs.tensor(1))];
    return [pairwise([a, b], ([x, y]) => onNumbers(x!, y!))];
  };
}

/** Numbers of the host that are scalars, or as many as the longest. */
function pairwise(values: Value[], compute: (numbers: number[]) => number): Value {
  const all = values.map((value) => (isHost(value) ? value : host([])));
  const longest = all.reduce((most, value) => (value.numbers.length > most.numbers.length ? value : most));
  if (all.some(({ numbers }) => numbers.length !== 1 && numbers.length !== longest.numbers.length))
    throw new Error('it computes with shapes of different lengths');
  return host(
    longest.numbers.map((_, i) => compute(all.map(({ numbers }) => numbers[numbers.length === 1 ? 0 : i]!))),
    longest.shape,
  );
}

const clip: Operator = (inputs, attributes) => {
  const bound = (index: number, name: string, otherwise: number) =>
    inputs.has(index) ? (inputs.value(index) as Value) : host([attributes.number(name, otherwise)], []);
  const [low, high] = [bound(1, 'min', -3.4e38), bound(2, 'max', 3.4e38)];
  const x = inputs.tensor(0);
  const limit = (y: Tensor, at: Value, by: (a: Tensor, b: Tensor) => Tensor) =>
    by(y, isHost(at) ? tf.scalar(at.numbers[0]!) : at);
  return [limit(limit(x, low, tf.maximum), high, tf.minimum)];
};

const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

/** x Phi(x), exactly or by the tanh approximation (Hendrycks and Gimpel 2016). */
const gelu: Operator = (inputs, attributes) => {
  const x = inputs.tensor(0);
  const inner =
    attributes.text('approximate', 'none') === 'tanh'
      ? x
          .add(x.pow(3).mul(0.044715))
          .mul(Math.sqrt(2 / Math.PI))
          .tanh()
      : x.mul(Math.SQRT1_2).erf();
  return [x.mul(0.5).mul(inner.add(1))];
};

const hardSigmoid = (x: Tensor, alpha: number, beta: number): Tensor =>
  tf.clipByValue(x.mul(alpha).add(beta), 0, 1);

const folded =
  (onTensors: (a: Tensor, b: Tensor) => Tensor, onNumbers: (a: number, b: number) => number): Operator =>
  (inputs) => {
    const all = inputs.all();
    if (all.every(isHost)) return [pairwise(all, (numbers) => numbers.reduce(onNumbers))];
    return [all.map((_, i) => inputs.tensor(i)).reduce(onTensors)];
  };

const where: Operator = (inputs) => {
  const [condition, yes, no] = [inputs.value(0), inputs.value(1), inputs.value(2)];
  if (isHost(condition) && isHost(yes) && isHost(no))
    return [pairwise([condition, yes, no], ([c, a, b]) => (c ? a! : b!))];
  return [tf.where(inputs.tensor(0).toBool(), inputs.tensor(1), inputs.tensor(2))];
};

const same: Operator = (inputs: Inputs) => [inputs.value(0)];

/** Numbers of TensorProto.DataType that are not whole. */
const FLOATS = new Set([1, 10, 11]);

/** Shapes that become floating-point numbers are computed with like any tensor; tensors are float32 throughout. */
const cast: Operator = (inputs, attributes) =>
  FLOATS.has(attributes.number('to', 1)) ? [inputs.tensor(0)] : [inputs.value(0)];

const truth =
  (compare: (a: Tensor, b: Tensor) => Tensor): ((a: Tensor, b: Tensor) => Tensor) =>
  (a, b) =>
    compare(a, b).toFloat();

export const elementwiseOperators: Record<string, Operator> = {
  Add: binary(tf.add, (a, b) => a + b),
  Sub: binary(tf.sub, (a, b) => a - b),
  Mul: binary(tf.mul, (a, b) => a * b),
  // Of whole numbers ONNX keeps the whole part.
  Div: binary(tf.div, (a, b) => Math.trunc(a / b)),
  Mod: binary(tf.mod, (a, b) => ((a % b) + b) % b),
  Pow: binary(tf.pow, (a, b) => a ** b),
  Equal: binary(truth(tf.equal), (a, b) => Number(a === b)),
  Greater: binary(truth(tf.greater), (a, b) => Number(a > b)),
  Less: binary(truth(tf.less), (a, b) => Number(a < b)),
  Max: folded(tf.maximum, Math.max),
  Min: folded(tf.minimum, Math.min),
  Sum: folded(tf.add, (a, b) => a + b),
  Where: where,
  Clip: clip,
  Relu: unary(tf.relu),
  Sigmoid: unary(tf.sigmoid),
  Tanh: unary(tf.tanh),
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  Log: unary(tf.log),
  Sqrt: unary(tf.sqrt),
  Abs: unary(tf.abs),
  Neg: unary(tf.neg),
  Reciprocal: unary(tf.reciprocal),
  Softplus: unary(tf.softplus),
  Floor: unary(tf.floor),
  Ceil: unary(tf.ceil),
  Gelu: gelu,
  Elu: (inputs, attributes) => {
    const alpha = attributes.number('alpha', 1);
    const x = inputs.tensor(0);
    return [x.relu().add(x.minimum(0).exp().sub(1).mul(alpha))];
  },
  Selu: unary((x) => x.relu().add(x.minimum(0).exp().sub(1).mul(SELU.alpha)).mul(SELU.gamma)),
  LeakyRelu: (inputs, attributes) => [tf.leakyRelu(inputs.tensor(0), attributes.number('alpha', 0.01))],
  PRelu: (inputs) => [
    inputs
      .tensor(0)
      .relu()
      .add(inputs.tensor(0).minimum(0).mul(inputs.tensor(1))),
  ],
  HardSigmoid: (inputs, attributes) => [
    hardSigmoid(inputs.tensor(0), attributes.number('alpha', 0.2), attributes.number('beta', 0.5)),
  ],
  HardSwish: unary((x) => x.mul(hardSigmoid(x, 1 / 6, 0.5))),
  Mish: unary((x) => x.mul(x.softplus().tanh())),
  Identity: same,
  Dropout: same,
  Cast: cast,
};
