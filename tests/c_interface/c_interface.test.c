/* The C interface as a C program uses it: c_interface.test MODEL.onnx, a network of NAS-Bench-201. */
#include <hale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;
static char* error = NULL;

static void expect(int holds, int line, const char* what) {
  if (holds) return;
  ++failures;
  printf("line %d: %s%s%s\n", line, what, error == NULL ? "" : ": ", error == NULL ? "" : error);
}
#define EXPECT(condition) expect((condition) ? 1 : 0, __LINE__, #condition)

/* That the last call failed with a message that holds `text`; frees it. */
static void expect_error(int has_failed, const char* text, int line) {
  expect(has_failed, line, "expected a failure");
  expect(error != NULL && strstr(error, text) != NULL, line, text);
  hale_text_free(error);
  error = NULL;
}
#define REFUSED(condition, text) expect_error((condition) ? 1 : 0, text, __LINE__)

static const char* const arch =
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|"
    "nor_conv_3x3~2|";

static char* bytes_of(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  char* bytes = NULL;
  long end = 0;
  if (file == NULL) return NULL;
  fseek(file, 0, SEEK_END);
  end = ftell(file);
  rewind(file);
  bytes = malloc((size_t)end);
  *size = fread(bytes, 1, (size_t)end, file);
  fclose(file);
  return bytes;
}

static void devices(void) {
  hale_device* device = hale_device_open("default", &error);
  EXPECT(hale_interface_version() == HALE_INTERFACE_VERSION);
  EXPECT(strchr(hale_version(), '.') != NULL);
  EXPECT(hale_built_in_device_count() > 10);
  EXPECT(strlen(hale_built_in_device_name(0)) > 0);
  EXPECT(hale_built_in_device_name(hale_built_in_device_count()) == NULL);
  EXPECT(hale_built_in_device_name((size_t)-1) == NULL);
  EXPECT(device != NULL && error == NULL);
  EXPECT(strcmp(hale_device_name(device), "onnxruntime-1.22-all-1t") == 0);
  EXPECT(hale_device_batch(device) == 1);
  EXPECT(strcmp(hale_device_precision(device), "f32") == 0);
  hale_device_close(device);
  hale_device_close(NULL);
  REFUSED(hale_device_open("nowhere", &error) == NULL, "nowhere: no file, and no built-in device");
  REFUSED(hale_device_open("\xff\xfe", &error) == NULL, "no built-in device");
  REFUSED(hale_device_open("/", &error) == NULL, "/");
  REFUSED(hale_device_open(NULL, &error) == NULL, "device: found NULL");
  REFUSED(hale_device_open("", &error) == NULL, "device: found nothing");
  EXPECT(hale_device_open("nowhere", NULL) == NULL);
  EXPECT(hale_device_name(NULL) == NULL && hale_device_precision(NULL) == NULL);
  EXPECT(hale_device_batch(NULL) == 0);
}

static void models(const char* path) {
  size_t size = 0;
  char* bytes = bytes_of(path, &size);
  const int64_t extents[4] = {1, 3, 32, 32};
  const hale_shape shape = {NULL, 4, extents};
  const hale_dim dim = {"no-such-symbol", 2};
  const hale_batch_axis axis = {"no-such-input", 1};
  const hale_take take = {"no-such-node", 1};
  const hale_input_value value = {"no-such-input", 1};
  const int64_t none[1] = {-1};
  const hale_shape empty = {"x", 1, none};
  hale_inputs inputs = {sizeof(hale_inputs), 0, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL};
  hale_model* model = hale_model_read(path, &inputs, &error);
  EXPECT(model != NULL && error == NULL);
  EXPECT(strcmp(hale_model_name(model), path) == 0);
  hale_model_close(model);
  inputs.shape_count = 1;
  inputs.shapes = &shape;
  inputs.batch = 1;
  model = hale_model_read_bytes(bytes, size, "mine", &inputs, &error);
  EXPECT(model != NULL && error == NULL);
  EXPECT(strcmp(hale_model_name(model), "mine") == 0 && hale_model_batch(model) == 1);
  hale_model_close(model);
  hale_model_close(NULL);
  inputs.batch = 4;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "batch");
  inputs.batch = UINT64_MAX;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "batch: found 18446744073709551615");
  inputs.batch = 0;
  inputs.shapes = &empty;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "input 'x': found the extent -1");
  inputs.shape_count = (size_t)-1;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "shapes: found 18446744073709551615");
  inputs.shapes = NULL;
  inputs.shape_count = 2;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "shapes: found NULL");
  inputs.shape_count = 0;
  inputs.dims = &dim;
  inputs.dim_count = 1;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "no open dimension 'no-such-symbol'");
  inputs.dim_count = 0;
  inputs.batch_axis_count = 1;
  inputs.batch_axes = &axis;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "batch_axis: no input 'no-such-input'");
  inputs.batch_axis_count = 0;
  inputs.take_count = 1;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "takes: found NULL");
  inputs.takes = &take;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "take: no If node 'no-such-node'");
  inputs.take_count = 0;
  inputs.value_count = 1;
  inputs.values = &value;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "value: no input 'no-such-input'");
  inputs.size = 8;
  REFUSED(hale_model_read(path, &inputs, &error) == NULL, "hale_inputs: found a size of 8");
  REFUSED(hale_model_read(NULL, NULL, &error) == NULL, "path: found NULL");
  REFUSED(hale_model_read("nowhere.onnx", NULL, &error) == NULL, "nowhere.onnx");
  REFUSED(hale_model_read("\xc3\x28.onnx", NULL, &error) == NULL, "onnx");
  REFUSED(hale_model_read_bytes(NULL, 5, "x", NULL, &error) == NULL, "bytes: found NULL");
  REFUSED(hale_model_read_bytes("abcd", 4, NULL, NULL, &error) == NULL, "expected");
  REFUSED(hale_model_read_bytes(NULL, 0, NULL, NULL, &error) == NULL, "expected");
  EXPECT(hale_model_name(NULL) == NULL && hale_model_batch(NULL) == 0);
  free(bytes);
}

static void kernels(const hale_answer* answer) {
  double sum = 0;
  size_t i = 0;
  hale_kernel kernel = {sizeof(hale_kernel), NULL, NULL, 0, 0, 0, 0};
  EXPECT(hale_answer_kernel_count(answer) > 1);
  for (i = 0; i < hale_answer_kernel_count(answer); ++i) {
    EXPECT(hale_answer_kernel(answer, i, &kernel, &error) == 0);
    EXPECT(kernel.location != NULL && strlen(kernel.operations) > 0);
    EXPECT(kernel.share >= 0 && kernel.share <= 1);
    sum += kernel.ms;
  }
  EXPECT(fabs(sum - hale_answer_median_ms(answer)) < 1e-9 * sum);
  REFUSED(hale_answer_kernel(answer, i, &kernel, &error) == -1, "there are");
  REFUSED(hale_answer_kernel(answer, 0, NULL, &error) == -1, "found NULL");
  REFUSED(hale_answer_kernel(NULL, 0, &kernel, &error) == -1, "answer: found NULL");
  kernel.size = 1;
  REFUSED(hale_answer_kernel(answer, 0, &kernel, &error) == -1, "found a size of 1");
}

static void answers(const char* path) {
  hale_device* device = hale_device_open("gold_6226", &error);
  hale_model* model = hale_model_read(path, NULL, &error);
  hale_answer* answer = hale_device_answer(device, model, 0, &error);
  EXPECT(answer != NULL && error == NULL);
  EXPECT(hale_answer_median_ms(answer) > 0);
  EXPECT(hale_answer_low_ms(answer) < hale_answer_median_ms(answer));
  EXPECT(hale_answer_high_ms(answer) > hale_answer_median_ms(answer));
  EXPECT(hale_answer_interval_level(answer) > 0.5 && hale_answer_interval_level(answer) < 1);
  EXPECT(strcmp(hale_answer_model(answer), path) == 0);
  EXPECT(strcmp(hale_answer_device(answer), "gold_6226") == 0);
  EXPECT(strcmp(hale_answer_space(answer), "nasbench201") == 0);
  EXPECT(strlen(hale_answer_arch(answer)) > 0 && strlen(hale_answer_precision(answer)) > 0);
  EXPECT(hale_answer_reason(answer) != NULL && hale_answer_reason(NULL) == NULL);
  EXPECT(hale_answer_batch(answer) == 1 && hale_answer_covered(answer) == 1);
  EXPECT(hale_answer_macs(answer) > 1000000 && hale_answer_parameters(answer) > 1000);
  EXPECT(hale_answer_warning_count(answer) == 0 && hale_answer_warning(answer, 0) == NULL);
  EXPECT(hale_answer_unknown_operation_count(answer) == 0);
  EXPECT(hale_answer_unknown_operation(answer, 0) == NULL);
  EXPECT(hale_answer_assumption(answer, hale_answer_assumption_count(answer)) == NULL);
  EXPECT(hale_answer_kernel_count(answer) == 0);
  EXPECT(strcmp(hale_verdict_name(hale_answer_verdict(answer)), "interpolating") == 0);
  EXPECT(hale_verdict_name(-1) == NULL && hale_verdict_name(3) == NULL);
  /* Answers outlive what they were made of. */
  hale_device_close(device);
  hale_model_close(model);
  EXPECT(strcmp(hale_answer_model(answer), path) == 0);
  /* A handle of another kind is noticed. */
  REFUSED(hale_device_answer((hale_device*)answer, NULL, 0, &error) == NULL, "of another kind");
  EXPECT(hale_device_name((hale_device*)answer) == NULL);
  hale_model_close((hale_model*)answer);
  hale_answer_close(answer);
  hale_answer_close(NULL);
  EXPECT(isnan(hale_answer_median_ms(NULL)) && hale_answer_verdict(NULL) == HALE_UNKNOWN);
  EXPECT(hale_answer_space(NULL) == NULL && hale_answer_macs(NULL) == 0);
  EXPECT(hale_answer_warning_count(NULL) == 0 && hale_answer_warning(NULL, 0) == NULL);
  EXPECT(hale_answer_kernel_count(NULL) == 0);

  device = hale_device_open("default", &error);
  model = hale_model_read("residual/3", NULL, &error);
  answer = hale_device_answer(device, model, HALE_WITH_KERNELS, &error);
  kernels(answer);
  hale_answer_close(answer);
  REFUSED(hale_device_answer(device, model, 2, &error) == NULL, "flags: found 2");
  REFUSED(hale_device_answer(NULL, model, 0, &error) == NULL, "device: found NULL");
  REFUSED(hale_device_answer(device, NULL, 0, &error) == NULL, "model: found NULL");
  hale_device_close(device);
  hale_model_close(model);
}

static void scores(void) {
  hale_device* device = hale_device_open("gold_6226", &error);
  const char* archs[2];
  double median[2], low[2], high[2];
  hale_verdict verdicts[2];
  archs[0] = archs[1] = arch;
  EXPECT(hale_device_score(device, "nasbench201", archs, 2, median, low, high, verdicts, &error) ==
         0);
  EXPECT(median[0] > 0 && low[0] < median[0] && median[0] < high[0]);
  EXPECT(memcmp(&median[0], &median[1], sizeof(double)) == 0 && verdicts[0] == verdicts[1]);
  EXPECT(hale_device_score(device, "nasbench201", archs, 2, NULL, NULL, NULL, NULL, &error) == 0);
  EXPECT(hale_device_score(device, "nasbench201", NULL, 0, NULL, NULL, NULL, NULL, &error) == 0);
  median[0] = -1;
  archs[1] = "|none~0|";
  REFUSED(hale_device_score(device, "nasbench201", archs, 2, median, low, high, verdicts,
                            &error) == -1,
          "|none~0|");
  archs[1] = NULL;
  REFUSED(hale_device_score(device, "nasbench201", archs, 2, median, low, high, verdicts,
                            &error) == -1,
          "architecture 1: found NULL");
  REFUSED(hale_device_score(device, "nasbench201", archs, (size_t)-1, median, low, high, verdicts,
                            &error) == -1,
          "architectures: found 18446744073709551615");
  REFUSED(hale_device_score(device, "nowhere", archs, 1, median, low, high, verdicts, &error) == -1,
          "nowhere");
  REFUSED(hale_device_score(device, NULL, archs, 1, median, low, high, verdicts, &error) == -1,
          "space: found NULL");
  REFUSED(hale_device_score(device, "fbnet", NULL, 1, median, low, high, verdicts, &error) == -1,
          "architectures: found NULL");
  EXPECT(median[0] == -1);
  hale_device_close(device);
}

static void tables(const char* path) {
  const hale_device* devices[2];
  const hale_model* models[2];
  double median[4], low[4], high[4];
  char* reasons[4];
  hale_device* searched = hale_device_open("gold_6226", &error); /* of searched spaces alone */
  hale_device* any = hale_device_open("default", &error);
  hale_model* cell = hale_model_read(path, NULL, &error);
  hale_model* other = hale_model_read("residual/3", NULL, &error);
  devices[0] = searched;
  devices[1] = any;
  models[0] = cell;
  models[1] = other;
  EXPECT(hale_table(models, 2, devices, 2, 3, median, low, high, reasons, &error) == 0);
  EXPECT(median[0] > 0 && median[1] > 0 && isnan(median[2]) && isnan(low[2]) && median[3] > 0);
  EXPECT(reasons[0] == NULL && reasons[1] == NULL && reasons[3] == NULL);
  EXPECT(reasons[2] != NULL && strstr(reasons[2], "gold_6226") != NULL);
  hale_text_free(reasons[2]);
  EXPECT(hale_table(models, 2, devices, 2, 1, NULL, NULL, NULL, NULL, &error) == 0);
  EXPECT(hale_table(NULL, 0, devices, 2, 1, median, low, high, reasons, &error) == 0);
  REFUSED(hale_table(models, 2, devices, 2, 0, median, low, high, NULL, &error) == -1, "threads");
  REFUSED(hale_table(models, 2, devices, 2, 9999, median, low, high, NULL, &error) == -1,
          "threads: found 9999");
  REFUSED(hale_table(NULL, 2, devices, 2, 1, median, low, high, NULL, &error) == -1,
          "models: found NULL");
  models[1] = NULL;
  REFUSED(hale_table(models, 2, devices, 2, 1, median, low, high, NULL, &error) == -1,
          "model 1: found NULL");
  models[1] = (const hale_model*)any;
  REFUSED(hale_table(models, 2, devices, 2, 1, median, low, high, NULL, &error) == -1,
          "model 1: found a handle of another kind");
  REFUSED(hale_table(models, (size_t)-1, devices, 2, 1, median, low, high, NULL, &error) == -1,
          "models: found 18446744073709551615");
  hale_device_close(searched);
  hale_device_close(any);
  hale_model_close(cell);
  hale_model_close(other);
}

static hale_type type_of(size_t rank, const int64_t* extents) {
  hale_type type = {HALE_F32, 0, NULL, NULL};
  type.rank = rank;
  type.extents = extents;
  return type;
}

static hale_value add(hale_graph* graph, const char* name, const hale_value* operands, size_t count,
                      const hale_attribute* attributes, size_t attribute_count) {
  hale_value result = HALE_NO_VALUE;
  hale_operation operation = {0};
  operation.size = sizeof(hale_operation);
  operation.name = operation.location = name;
  operation.operands = operands;
  operation.operand_count = count;
  operation.attributes = attributes;
  operation.attribute_count = attribute_count;
  return hale_graph_add(graph, &operation, &result, &error) == 0 ? result : HALE_NO_VALUE;
}

static void graphs(void) {
  const int64_t image[4] = {HALE_OPEN, 3, 32, 32}, window[4] = {8, 3, 3, 3}, pads[4] = {1, 1, 1, 1};
  const int64_t two[1] = {2}, target[2] = {-1, 8192}, large[2] = {64, 64}, absurd[1] = {-7};
  const char* const symbols[4] = {"N", NULL, NULL, NULL};
  hale_type type = type_of(4, image);
  hale_attribute attribute = {0};
  hale_known_type known = {0};
  hale_value values[3];
  hale_inputs inputs = {sizeof(hale_inputs), 0, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL};
  const hale_dim dim = {"N", 2};
  hale_graph* graph = hale_graph_new("mine", &error);
  hale_device* device = hale_device_open("default", &error);
  hale_model* model = NULL;
  hale_answer* answer = NULL;
  known.size = sizeof(known);
  type.symbols = symbols;
  values[0] = hale_graph_input(graph, "x", &type, &error);
  type = type_of(4, window);
  values[1] = hale_graph_weight(graph, "w", &type, &error);
  attribute.name = "pads";
  attribute.kind = HALE_INTEGERS;
  attribute.count = 4;
  attribute.integers = pads;
  values[0] = add(graph, "Conv", values, 2, &attribute, 1);
  EXPECT(values[0] != HALE_NO_VALUE);
  EXPECT(hale_graph_type(graph, values[0], &known, &error) == 0);
  EXPECT(known.element == HALE_F32 && known.is_ranked == 1 && known.rank == 4);
  EXPECT(known.extents[0] == HALE_OPEN && known.extents[1] == 8 && known.extents[3] == 32);
  values[0] = add(graph, "Relu", values, 1, NULL, 0);
  type = type_of(1, two);
  type.element = HALE_I64;
  values[1] = hale_graph_integers(graph, &type, target, &error);
  values[0] = add(graph, "Reshape", values, 2, NULL, 0);
  EXPECT(hale_graph_type(graph, values[0], &known, &error) == 0);
  EXPECT(known.rank == 2 && known.extents[1] == 8192);

  /* What is refused leaves the graph as it was. */
  REFUSED(hale_graph_model(graph, NULL, &error) == NULL, "no output");
  REFUSED(add(graph, "Conv", values, 1, NULL, 0) == HALE_NO_VALUE, "Conv");
  attribute.kind = 77;
  REFUSED(add(graph, "Relu", values, 1, &attribute, 1) == HALE_NO_VALUE, "found the kind 77");
  attribute.kind = HALE_INTEGERS;
  attribute.integers = NULL;
  REFUSED(add(graph, "Relu", values, 1, &attribute, 1) == HALE_NO_VALUE, "'pads': found NULL");
  values[2] = 123456;
  REFUSED(add(graph, "Relu", values + 2, 1, NULL, 0) == HALE_NO_VALUE, "the value 123456");
  REFUSED(add(graph, "Relu", values, (size_t)-1, NULL, 0) == HALE_NO_VALUE, "operands: found");
  REFUSED(add(graph, NULL, values, 1, NULL, 0) == HALE_NO_VALUE, "operation: found NULL");
  REFUSED(add(NULL, "Relu", values, 1, NULL, 0) == HALE_NO_VALUE, "graph: found NULL");
  REFUSED(hale_graph_add(graph, NULL, values, &error) == -1, "hale_operation: found NULL");
  REFUSED(hale_graph_output(graph, 99999, "y", &error) == -1, "the value 99999");
  REFUSED(hale_graph_output(graph, HALE_NO_VALUE, "y", &error) == -1, "the value 4294967295");
  REFUSED(hale_graph_type(graph, 99999, &known, &error) == -1, "the value 99999");
  REFUSED(hale_graph_type(graph, values[0], NULL, &error) == -1, "found NULL");
  REFUSED(hale_graph_close_region(graph, &error) == HALE_NO_REGION, "close()");
  type = type_of(1, absurd);
  REFUSED(hale_graph_input(graph, "z", &type, &error) == HALE_NO_VALUE, "found the extent -7");
  REFUSED(hale_graph_weight(graph, "z", NULL, &error) == HALE_NO_VALUE, "found no type");
  REFUSED(hale_graph_input(graph, NULL, &type, &error) == HALE_NO_VALUE, "input: found NULL");
  type = type_of(4, image);
  REFUSED(hale_graph_weight(graph, "z", &type, &error) == HALE_NO_VALUE, "found the extent -1");
  type.rank = 65;
  REFUSED(hale_graph_input(graph, "z", &type, &error) == HALE_NO_VALUE, "extents: found 65");
  type = type_of(4, NULL);
  REFUSED(hale_graph_input(graph, "z", &type, &error) == HALE_NO_VALUE, "extents: found NULL");
  type = type_of(2, large);
  type.element = 99;
  REFUSED(hale_graph_input(graph, "z", &type, &error) == HALE_NO_VALUE, "element: found 99");
  type.element = HALE_I64;
  REFUSED(hale_graph_integers(graph, &type, image, &error) == HALE_NO_VALUE, "at most 1024");
  type = type_of(1, two);
  REFUSED(hale_graph_integers(graph, &type, image, &error) == HALE_NO_VALUE, "of integers");
  REFUSED(hale_graph_numbers(graph, &type, NULL, &error) == HALE_NO_VALUE, "elements: found NULL");

  EXPECT(hale_graph_output(graph, values[0], "y", &error) == 0);
  model = hale_graph_model(graph, NULL, &error);
  EXPECT(model != NULL && hale_model_batch(model) == 0);
  hale_model_close(model);
  inputs.dims = &dim;
  inputs.dim_count = 1;
  model = hale_graph_model(graph, &inputs, &error);
  hale_graph_close(graph);
  hale_graph_close(NULL);
  EXPECT(model != NULL && hale_model_batch(model) == 2);
  EXPECT(strcmp(hale_model_name(model), "mine") == 0);
  answer = hale_device_answer(device, model, HALE_WITH_KERNELS, &error);
  EXPECT(answer != NULL && hale_answer_macs(answer) == 2 * 8 * 32 * 32 * 27);
  hale_answer_close(answer);
  hale_model_close(model);
  hale_device_close(device);
}

int main(int argc, char** argv) {
  if (argc != 2) return puts("expected a model"), 2;
  devices();
  models(argv[1]);
  answers(argv[1]);
  scores();
  tables(argv[1]);
  graphs();
  if (failures > 0) printf("%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
