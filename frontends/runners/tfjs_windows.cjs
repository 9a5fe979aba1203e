// What slides a window over an image, behind tfjs_values.cjs: convolutions and pooling.

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
