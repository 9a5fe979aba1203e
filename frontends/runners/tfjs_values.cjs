// What TensorFlow.js's operations take, behind npm.cjs: values in either order of axes, constants and
// attributes out of a model.
const tf = require(path.join(packages, '@tensorflow/tfjs-core'));
const { onnx } = require(path.join(packages, 'onnx-proto'));

const range = (begin, end) => Array.from({ length: end - begin }, (_, i) => begin + i);
const sizeOf = (dims) => dims.reduce((a, b) => a * b, 1);
const positive = (axis, rank) => (axis < 0 ? axis + rank : axis);
const toLast = (rank) => [0, ...range(2, rank), 1];
const toFirst = (rank) => [0, rank - 1, ...range(1, rank - 1)];
const inverse = (order) => order.map((_, i) => order.indexOf(i));

// A tensor in ONNX's order of axes, with channels first, or with channels last, the one order that
// kernels know, or in both once both were asked for. `numbers` are those of a constant.
class Value {
  constructor({ first = null, last = null, numbers = null, dims = null, type = null }) {
    Object.assign(this, { firstTensor: first, lastTensor: last, numbers, type });
    this.dims = dims || (first ? first.shape : toFirst(last.rank).map((axis) => last.shape[axis]));
    this.isFixed = false;
    this.among = {};
  }

  get rank() {
    return this.dims.length;
  }

  get isLast() {
    return this.lastTensor !== null && this.firstTensor === null && this.numbers === null;
  }

  first() {
    if (this.firstTensor !== null) return this.firstTensor;
    this.firstTensor = tf.keep(
      this.numbers !== null ? tf.tensor(this.numbers, this.dims, this.type)
        : tf.transpose(this.lastTensor, toFirst(this.rank)));
    return this.firstTensor;
  }

  last() {
    if (this.lastTensor === null)
      this.lastTensor = tf.keep(tf.transpose(this.first(), toLast(this.rank)));
    return this.lastTensor;
  }

  // To be broadcast with tensors of at least this rank that have their channels last.
  lastAmong(rank) {
    if (this.rank === rank) return this.last();
    if (sizeOf(this.dims) === 1) return this.first();
    if (this.among[rank]) return this.among[rank];
    const padded = tf.reshape(this.first(), [...Array(rank - this.rank).fill(1), ...this.dims]);
    const moved = tf.transpose(padded, toLast(rank));
    if (this.isFixed) this.among[rank] = tf.keep(moved);
    return moved;
  }

  host() {
    if (this.numbers === null) this.numbers = Array.from(this.first().dataSync());
    return this.numbers;
  }

  // What a converter makes of a network gives its outputs as its last operation leaves them.
  read() {
    return (this.isLast ? this.lastTensor : this.first()).dataSync();
  }

  release() {
    if (this.isFixed) return;
    for (const tensor of [this.firstTensor, this.lastTensor]) if (tensor !== null) tensor.dispose();
  }
}

const first = (tensor) => new Value({ first: tensor });
const last = (tensor) => new Value({ last: tensor });

function fixed(value) {
  value.isFixed = true;
  return value;
}

// ONNX's data types; f64 and smaller ones have no kernels.
const types = {
  1: ['float32', 'floatData', Float32Array], 6: ['int32', 'int32Data', Int32Array],
  7: ['int32', 'int64Data', BigInt64Array], 9: ['bool', 'int32Data', Uint8Array],
};

function constantOf(tensor) {
  if (types[tensor.dataType] === undefined)
    throw new Error(`no TensorFlow.js for constants of data type ${tensor.dataType}`);
  if (tensor.dataLocation) throw new Error(`'${tensor.name}' is in another file`);
  const [type, field, Numbers] = types[tensor.dataType];
  const isRaw = tensor.rawData && tensor.rawData.length > 0;
  // The bytes are copied: in the file they are not aligned.
  const numbers = isRaw ? new Numbers(new Uint8Array(tensor.rawData).buffer) : tensor[field];
  const dims = tensor.dims.map(Number);
  return fixed(new Value({
    numbers: type === 'float32' ? Float32Array.from(numbers) : Array.from(numbers, Number),
    dims, type,
  }));
}

function attributeOf(attribute) {
  const kinds = onnx.AttributeProto.AttributeType;
  switch (attribute.type) {
    case kinds.FLOAT: return attribute.f;
    case kinds.INT: return Number(attribute.i);
    case kinds.STRING: return Buffer.from(attribute.s).toString();
    case kinds.TENSOR: return attribute.t;
    case kinds.FLOATS: return attribute.floats;
    case kinds.INTS: return attribute.ints.map(Number);
    default: return null;
  }
}

// Constants as the kernels want them, made once.
const prepared = (make) => tf.tidy(make);
