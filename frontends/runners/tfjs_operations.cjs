// All other operations, and the table of all, by ONNX's names; behind tfjs_windows.cjs.

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
