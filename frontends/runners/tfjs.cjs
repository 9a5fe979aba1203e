// Measures with TensorFlow.js for hale, operation by operation, behind npm.cjs. The package is that of
// a backend, wasm or cpu.
const backend = name.slice(name.lastIndexOf('-') + 1);
const tf = require(path.join(packages, '@tensorflow/tfjs-core'));
const library = require(root);
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

// A window over height and width; what is 1-D has height 1.
function windowOf(a, kernel) {
  const rank = kernel.length;
  if (rank > 2) throw new Error(`no TensorFlow.js for windows over ${rank} axes`);
  if (a.auto_pad && a.auto_pad !== 'NOTSET') throw new Error(`no auto_pad ${a.auto_pad}`);
  const both = (numbers, filler) => [...Array(2 - rank).fill(filler), ...numbers];
  const pads = a.pads || Array(2 * rank).fill(0);
  const begin = both(pads.slice(0, rank), 0);
  const end = both(pads.slice(rank), 0);
  return {
    kernel: both(kernel, 1),
    strides: both(a.strides || Array(rank).fill(1), 1),
    dilations: both(a.dilations || Array(rank).fill(1), 1),
    pad: pads.every((p) => p === 0) ? 'valid'
      : [[0, 0], [begin[0], end[0]], [begin[1], end[1]], [0, 0]],
  };
}

function overImage(value, run) {
  const x = value.last();
  if (value.rank !== 3) return last(run(x));
  const y = run(tf.reshape(x, [x.shape[0], 1, x.shape[1], x.shape[2]]));
  return last(tf.reshape(y, [y.shape[0], y.shape[2], y.shape[3]]));
}

function weightsOf(node) {
  const weights = node.constants[1];
  if (weights === undefined)
    throw new Error(`no TensorFlow.js for ${node.type} of computed weights`);
  return weights;
}

// (outputs, inputs / group, height, width) -> (height, width, inputs / group, outputs), or
// (height, width, inputs, outputs / inputs) where each channel has filters of its own.
function filtersOf(weights, group, isDepthwise, kernel) {
  const [outputs, inputs] = weights.dims;
  const w = tf.reshape(weights.first(), isDepthwise ? [group, outputs / group, ...kernel]
    : [outputs, inputs, ...kernel]);
  const moved = tf.transpose(w, isDepthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]);
  return isDepthwise || group === 1 ? [moved] : tf.split(moved, group, 3);
}

function convolution(node) {
  const weights = weightsOf(node);
  const group = node.a.group || 1;
  const isDepthwise = group > 1 && weights.dims[1] === 1;
  const { kernel, strides, dilations, pad } = windowOf(node.a, weights.dims.slice(2));
  const filters = prepared(() => filtersOf(weights, group, isDepthwise, kernel));
  const bias = node.constants[2];
  const biases = bias ? prepared(() => tf.split(bias.first(), filters.length)) : [];
  const kind = isDepthwise ? 'depthwiseConv2d' : 'conv2d';
  const window = { strides, pad, dilations };
  const one = (x, i) => {
    const filter = filters[i];
    if (node.fusion)
      return tf.fused[kind]({ x, filter, bias: biases[i], ...window, ...node.fusion });
    const y = tf[kind](x, filter, strides, pad, 'NHWC', dilations);
    return biases[i] === undefined ? y : tf.add(y, biases[i]);
  };
  return (value) => overImage(value, (x) => {
    if (filters.length === 1) return one(x, 0);
    return tf.concat(tf.split(x, filters.length, 3).map(one), 3);
  });
}

function transposed(node) {
  const weights = weightsOf(node);
  if ((node.a.group || 1) !== 1) throw new Error('no TensorFlow.js for ConvTranspose in groups');
  const { kernel, strides, dilations, pad } = windowOf(node.a, weights.dims.slice(2));
  if (dilations.some((d) => d !== 1)) throw new Error('no TensorFlow.js for dilated ConvTranspose');
  const extra = [0, 0, ...(node.a.output_padding || [])].slice(-2);
  const [inputs, outputs] = weights.dims;
  const filter = prepared(
    () => tf.transpose(tf.reshape(weights.first(), [inputs, outputs, ...kernel]), [2, 3, 1, 0]));
  const bias = node.constants[2];
  return (value) => overImage(value, (x) => {
    const extents = [0, 1].map((i) => (x.shape[i + 1] - 1) * strides[i] + kernel[i] + extra[i] -
      (pad === 'valid' ? 0 : pad[i + 1][0] + pad[i + 1][1]));
    const y = tf.conv2dTranspose(x, filter, [x.shape[0], ...extents, outputs], strides, pad);
    return bias === undefined ? y : tf.add(y, bias.first());
  });
}

// The wasm backend's kernels round the extents of their results down: where they are to be rounded
// up, padding makes them whole.
function roundedUp(x, { kernel, strides, pad }) {
  const whole = (i) => {
    const [begin, end] = pad === 'valid' ? [0, 0] : pad[i + 1];
    const extent = x.shape[i + 1] + begin + end;
    const steps = Math.ceil((extent - kernel[i]) / strides[i]);
    const starts = steps * strides[i] < x.shape[i + 1] + begin ? steps : steps - 1;
    return [begin, end + Math.max(starts * strides[i] + kernel[i] - extent, 0)];
  };
  return [[0, 0], whole(0), whole(1), [0, 0]];
}

function pooled(run) {
  return (node) => {
    const window = windowOf(node.a, node.a.kernel_shape);
    const { kernel, strides, dilations, pad } = window;
    if (dilations.some((d) => d !== 1))
      throw new Error(`no TensorFlow.js for dilated ${node.type}`);
    // TensorFlow's average is over what is no padding.
    const countsPads = node.type === 'AveragePool' && node.a.count_include_pad && pad !== 'valid';
    if (countsPads && node.a.ceil_mode)
      throw new Error('no TensorFlow.js for AveragePool of padding with ceil_mode');
    return (value) => overImage(value, (x) => {
      if (countsPads) return run(tf.pad(x, pad), kernel, strides, 'valid');
      return run(x, kernel, strides, node.a.ceil_mode ? roundedUp(x, window) : pad);
    });
  };
}

// Over matrices' rows: kernels with packed weights take products of two matrices only.
function fullyConnected(node, weights, bias) {
  const [k, n] = weights.shape;
  return (value) => {
    const a = tf.reshape(value.first(), [-1, k]);
    let y;
    if (node.fusion) {
      y = tf.fused.matMul({ a, b: weights, bias, ...node.fusion });
    } else {
      y = tf.matMul(a, weights);
      if (bias !== undefined) y = tf.add(y, bias);
    }
    return first(tf.reshape(y, [...value.dims.slice(0, -1), n]));
  };
}

function product(node) {
  const [, b, bias] = node.constants;
  if (b === undefined || b.rank !== 2)
    return (x, w) => first(tf.matMul(x.first(), w.first()));
  return fullyConnected(node, prepared(() => tf.clone(b.first())),
                        bias && prepared(() => tf.reshape(bias.first(), [-1])));
}

function general(node) {
  const { alpha = 1, beta = 1, transA = 0, transB = 0 } = node.a;
  const w = weightsOf(node);
  if (transA) throw new Error('no TensorFlow.js for Gemm of a transposed operand');
  const c = node.constants[2];
  const weights = prepared(() => {
    const b = transB ? tf.transpose(w.first()) : tf.clone(w.first());
    return alpha === 1 ? b : tf.mul(b, alpha);
  });
  const bias = c && prepared(() => tf.broadcastTo(
    tf.reshape(beta === 1 ? c.first() : tf.mul(c.first(), beta), [-1]), [weights.shape[1]]));
  return fullyConnected(node, weights, bias);
}

function elementwise(run) {
  return () => (...values) => {
    const rank = Math.max(...values.map((value) => value.rank));
    if (values.some((value) => value.rank === rank && value.isLast))
      return last(run(...values.map((value) => value.lastAmong(rank))));
    return first(run(...values.map((value) => value.first())));
  };
}

function clipped({ a }) {
  return (value, low, high) => {
    const at = (bound, otherwise) => (bound === undefined ? otherwise : bound.host()[0]);
    const from = at(low, a.min === undefined ? -Infinity : a.min);
    const to = at(high, a.max === undefined ? Infinity : a.max);
    const run = (x) => (from === 0 && to === 6 ? tf.relu6(x) : tf.clipByValue(x, from, to));
    return value.isLast ? last(run(value.last())) : first(run(value.first()));
  };
}

function normalised({ a }) {
  const epsilon = a.epsilon === undefined ? 1e-5 : a.epsilon;
  return (value, ...parameters) => {
    const [scale, offset, mean, variance] = parameters.map((p) => p.first());
    const run = (x) => tf.batchNorm(x, mean, variance, offset, scale, epsilon);
    return value.rank < 3 ? first(run(value.first())) : last(run(value.last()));
  };
}

function normalisedAcross({ a }) {
  const { size, alpha = 1e-4, beta = 0.75, bias = 1 } = a;
  if (size % 2 === 0) throw new Error('no TensorFlow.js for LRN over an even number of channels');
  return (value) => last(
    tf.localResponseNormalization(value.last(), (size - 1) / 2, bias, alpha / size, beta));
}

// Extents of one are left out: where they are all that is moved, the wasm backend's reductions leak
// what they move.
function reducedTo(run, x, axes) {
  const kept = range(0, x.rank).filter((i) => x.shape[i] !== 1);
  const over = axes.map((axis) => kept.indexOf(axis)).filter((axis) => axis >= 0);
  const small = tf.reshape(x, kept.map((axis) => x.shape[axis]));
  return over.length === 0 ? small : run(small, over);
}

function reduced(run) {
  return ({ a, constants }) => (value) => {
    const keeps = a.keepdims === undefined || a.keepdims !== 0;
    const listed = a.axes || (constants[1] && constants[1].host()) || range(0, value.rank);
    const axes = listed.map((axis) => positive(axis, value.rank));
    const isLast = value.isLast && (keeps || !axes.includes(0));
    const x = isLast ? value.last() : value.first();
    const mapped = isLast ? axes.map((axis) => toLast(value.rank).indexOf(axis)) : axes;
    const y = tf.reshape(reducedTo(run, x, mapped), keeps
      ? x.shape.map((extent, i) => (mapped.includes(i) ? 1 : extent))
      : x.shape.filter((_, i) => !mapped.includes(i)));
    return isLast && (keeps || (!axes.includes(1) && y.rank >= 3)) ? last(y) : first(y);
  };
}

function globalMean() {
  return (value) => {
    const x = value.last();
    const y = reducedTo(tf.mean, x, range(1, x.rank - 1));
    return last(tf.reshape(y, x.shape.map((n, i) => (i === 0 || i === x.rank - 1 ? n : 1))));
  };
}

function softmax({ a }) {
  return (value) => {
    const axis = positive(a.axis === undefined ? -1 : a.axis, value.rank);
    if (value.isLast && axis === 1) return last(tf.softmax(value.last()));
    const order = [...range(0, value.rank).filter((i) => i !== axis), axis];
    if (axis === value.rank - 1) return first(tf.softmax(value.first()));
    return first(tf.transpose(tf.softmax(tf.transpose(value.first(), order)), inverse(order)));
  };
}

function concatenated({ a }) {
  return (...values) => {
    const axis = positive(a.axis, values[0].rank);
    if (!values.some((value) => value.isLast))
      return first(tf.concat(values.map((value) => value.first()), axis));
    const to = toLast(values[0].rank).indexOf(axis);
    return last(tf.concat(values.map((value) => value.last()), to));
  };
}

function sliced() {
  return (value, starts, ends, axes, steps) => {
    if (steps && steps.host().some((step) => step !== 1))
      throw new Error('no TensorFlow.js for Slice with steps');
    const begin = Array(value.rank).fill(0);
    const size = [...value.dims];
    const over = axes ? axes.host() : range(0, value.rank);
    over.forEach((listed, i) => {
      const axis = positive(listed, value.rank);
      const extent = value.dims[axis];
      const at = (bound) => Math.min(Math.max(positive(bound, extent), 0), extent);
      begin[axis] = at(starts.host()[i]);
      size[axis] = at(ends.host()[i]) - begin[axis];
    });
    if (!value.isLast) return first(tf.slice(value.first(), begin, size));
    const order = toLast(value.rank);
    return last(tf.slice(value.last(), order.map((i) => begin[i]), order.map((i) => size[i])));
  };
}

function parted({ a, results }) {
  return (value, sizes) => {
    const axis = positive(a.axis || 0, value.rank);
    const parts = sizes ? Array.from(sizes.host()) : a.split || results.length;
    if (!value.isLast) return tf.split(value.first(), parts, axis).map(first);
    return tf.split(value.last(), parts, toLast(value.rank).indexOf(axis)).map(last);
  };
}

function reshaped() {
  return (value, shape) => first(tf.reshape(
    value.first(), Array.from(shape.host(), (n, i) => (n === 0 ? value.dims[i] : n))));
}

function flattened({ a }) {
  return (value) => {
    const axis = positive(a.axis === undefined ? 1 : a.axis, value.rank);
    return first(tf.reshape(value.first(), [sizeOf(value.dims.slice(0, axis)), -1]));
  };
}

// Channels that become the last axis, or are brought back from there, stay where they are.
function permuted({ a }) {
  return (value) => {
    const perm = a.perm || range(0, value.rank).reverse();
    if (value.rank === 4 && !value.isLast && String(perm) === '0,3,1,2')
      return last(tf.clone(value.first()));
    if (!value.isLast) return first(tf.transpose(value.first(), perm));
    const order = toLast(value.rank);
    return first(tf.transpose(value.last(), perm.map((axis) => order.indexOf(axis))));
  };
}

function gathered({ a }) {
  return (value, indices) => first(
    tf.gather(value.first(), tf.cast(indices.first(), 'int32'), positive(a.axis || 0, value.rank)));
}

function resized({ a }) {
  const run = { nearest: tf.image.resizeNearestNeighbor, linear: tf.image.resizeBilinear }[a.mode];
  if (run === undefined) throw new Error(`no TensorFlow.js for Resize of mode ${a.mode}`);
  const corners = a.coordinate_transformation_mode === 'align_corners';
  const half = a.mode === 'linear' && !corners && a.coordinate_transformation_mode !== 'asymmetric';
  return (value, _, scales, sizes) => overImage(value, (x) => {
    const to = sizes ? sizes.host().slice(-2)
      : [1, 2].map((i) => Math.floor(x.shape[i] * scales.host()[i + 1]));
    return run(x, Array.from(to), corners, half);
  });
}

function depthToSpace({ a }) {
  if (a.mode === 'CRD') throw new Error('no TensorFlow.js for DepthToSpace of mode CRD');
  return (value) => last(tf.depthToSpace(value.last(), a.blocksize, 'NHWC'));
}

function expanded() {
  return (value, shape) => {
    const asked = Array.from(shape.host());
    const rank = Math.max(asked.length, value.rank);
    const fill = (dims) => [...Array(rank - dims.length).fill(1), ...dims];
    const dims = fill(asked).map((n, i) => Math.max(n, fill(value.dims)[i]));
    if (!value.isLast || rank !== value.rank) return first(tf.broadcastTo(value.first(), dims));
    return last(tf.broadcastTo(value.last(), toLast(rank).map((axis) => dims[axis])));
  };
}

const OPERATIONS = {
  Conv: convolution,
  ConvTranspose: transposed,
  Gemm: general,
  MatMul: product,
  BatchNormalization: normalised,
  LRN: normalisedAcross,
  Relu: elementwise(tf.relu),
  LeakyRelu: ({ a: { alpha = 0.01 } }) => elementwise((x) => tf.leakyRelu(x, alpha))(),
  Sigmoid: elementwise(tf.sigmoid),
  Tanh: elementwise(tf.tanh),
  Erf: elementwise(tf.erf),
  Sqrt: elementwise(tf.sqrt),
  Add: elementwise(tf.add),
  Sub: elementwise(tf.sub),
  Mul: elementwise(tf.mul),
  Div: elementwise(tf.div),
  Pow: elementwise(tf.pow),
  Clip: clipped,
  MaxPool: pooled(tf.maxPool),
  AveragePool: pooled(tf.avgPool),
  GlobalAveragePool: globalMean,
  ReduceMean: reduced(tf.mean),
  ReduceMax: reduced(tf.max),
  Softmax: softmax,
  Concat: concatenated,
  Flatten: flattened,
  Reshape: reshaped,
  Transpose: permuted,
  Slice: sliced,
  Split: parted,
  Gather: gathered,
  Resize: resized,
  DepthToSpace: depthToSpace,
  Shape: () => (x) => new Value({ numbers: Array.from(x.dims), dims: [x.rank], type: 'int32' }),
  Expand: expanded,
  Identity: elementwise((x) => tf.clone(x)),
};

// How tf.fused names an activation; undefined where it has none of it.
function activationOf(node, constants) {
  if (node.type === 'Relu') return { activation: 'relu' };
  if (node.type === 'LeakyRelu')
    return { activation: 'leakyrelu', leakyreluAlpha: ({ alpha: 0.01, ...node.a }).alpha };
  if (node.type !== 'Clip') return undefined;
  const bounds = [node.a.min, node.a.max].map((bound, i) => {
    const constant = constants.get(node.operands[i + 1]);
    return constant === undefined ? bound : constant.host()[0];
  });
  return bounds[0] === 0 && bounds[1] === 6 ? { activation: 'relu6' } : undefined;
}

// The constant that an Add behind a product with these weights adds to each row.
function biasOf(node, weights, constants) {
  if (node.type !== 'Add') return undefined;
  return node.operands.find((operand) => {
    const constant = constants.get(operand);
    return constant !== undefined && constant.rank === 1 && constant.dims[0] === weights.dims[1];
  });
}

// Convolutions and products take in the bias and the activation that alone use their result.
function fuse(nodes, outputs, constants) {
  const users = new Map(outputs.map((output) => [output, [null]]));
  for (const node of nodes)
    for (const operand of node.operands)
      users.set(operand, [...(users.get(operand) || []), node]);
  const absorbed = new Set();
  const soleUser = (node) => {
    const found = users.get(node.results[0]) || [];
    return found.length === 1 && found[0] !== null ? found[0] : { operands: [] };
  };
  const absorb = (node, user) => {
    absorbed.add(user);
    node.results = user.results;
  };
  for (const node of nodes) {
    const weights = constants.get(node.operands[1]);
    if (!['Conv', 'Gemm', 'MatMul'].includes(node.type) || weights === undefined) continue;
    if (node.type === 'MatMul' && weights.rank !== 2) continue;
    node.fusion = { activation: 'linear' };
    const bias = node.type === 'MatMul' && biasOf(soleUser(node), weights, constants);
    if (bias) {
      node.operands.push(bias);
      absorb(node, soleUser(node));
    }
    const activation = activationOf(soleUser(node), constants);
    if (activation === undefined) continue;
    node.fusion = activation;
    absorb(node, soleUser(node));
  }
  return nodes.filter((node) => !absorbed.has(node));
}

const elements = { f32: 'float32', i32: 'int32', i64: 'int32', i1: 'bool' };

function inputOf(input) {
  const type = elements[input.element];
  if (type === undefined)
    throw new Error(`input '${input.name}': no runner feeds ${input.element}`);
  const numbers = fed(new Float32Array(sizeOf(input.dims)), type === 'float32');
  return fixed(new Value({ numbers, dims: input.dims, type }));
}

function nodesOf(graph, constants) {
  const nodes = [];
  for (const node of graph.node) {
    const a = Object.fromEntries(node.attribute.map((given) => [given.name, attributeOf(given)]));
    if (node.opType === 'Constant' && a.value) constants.set(node.output[0], constantOf(a.value));
    else if (OPERATIONS[node.opType] === undefined)
      throw new Error(`no TensorFlow.js for ${node.opType}`);
    else nodes.push({ type: node.opType, a, operands: [...node.input], results: [...node.output] });
  }
  return nodes;
}

// The nodes of a model as calls over numbered values, made once; each is dropped after its use.
class Network {
  constructor(request) {
    const graph = onnx.ModelProto.decode(fs.readFileSync(request.load)).graph;
    const constants = new Map(graph.initializer.map((tensor) => [tensor.name, constantOf(tensor)]));
    const outputs = graph.output.map((output) => output.name);
    let nodes = nodesOf(graph, constants);
    if (request.optimisation !== 'disabled') nodes = fuse(nodes, outputs, constants);
    this.numbers = new Map();
    this.values = [];
    for (const [constant, value] of constants) this.values[this.numberOf(constant)] = value;
    for (const input of request.inputs) this.values[this.numberOf(input.name)] = inputOf(input);
    this.calls = nodes.map((node) => this.callOf(node, constants));
    this.outputs = outputs.map((output) => this.numberOf(output));
    const end = new Map();
    this.calls.forEach((call, i) => {
      for (const value of [...call.operands, ...call.results]) end.set(value, i);
    });
    for (const value of [-1, ...this.outputs]) end.delete(value);
    for (const [value, i] of end) this.calls[i].dead.push(value);
  }

  numberOf(value) {
    if (value === '') return -1;
    if (!this.numbers.has(value)) this.numbers.set(value, this.numbers.size);
    return this.numbers.get(value);
  }

  callOf(node, constants) {
    node.constants = node.operands.map((operand) => constants.get(operand));
    return {
      run: OPERATIONS[node.type](node),
      operands: node.operands.map((operand) => this.numberOf(operand)),
      results: node.results.map((result) => this.numberOf(result)),
      dead: [],
    };
  }

  forward() {
    const values = [...this.values];
    for (const { run, operands, results, dead } of this.calls) {
      const made = tf.tidy(() => run(...operands.map((number) => values[number])));
      [].concat(made).forEach((value, i) => { values[results[i]] = value; });
      for (const number of dead) values[number].release();
    }
    const read = this.outputs.map((number) => values[number].read());
    for (const number of this.outputs) values[number].release();
    return read;
  }
}

let network = null;

// What is JavaScript's of a run takes several times as long until node has compiled it, which it
// does meanwhile and on the same processor.
function warmUp() {
  const milliseconds = 1500;
  const begin = process.hrtime.bigint();
  do {
    network.forward();
  } while (Number(process.hrtime.bigint() - begin) / 1e6 < milliseconds);
}

async function load(request) {
  if (request.threads !== 1)
    throw new Error(`TensorFlow.js has 1 thread in node, found ${request.threads}`);
  if (backend === 'wasm') {
    library.setWasmPaths(path.join(root, 'dist') + path.sep);
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')))
      throw new Error('this node has no WebAssembly SIMD');
  }
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} does not start`);
  network = new Network(request);
  warmUp();
  return { ready: `tfjs-${backend} ${version}` };
}

function run(count) {
  const milliseconds = [];
  for (let i = 0; i < count; ++i) {
    const begin = process.hrtime.bigint();
    network.forward();
    milliseconds.push(Number(process.hrtime.bigint() - begin) / 1e6);
    global.gc({ type: 'minor' });
  }
  return { milliseconds };
}

answerWith(load, run);
