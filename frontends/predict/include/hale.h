/* hale in C: how long a model takes on a device, as `hale score` says it.
 *
 *     char* error;
 *     hale_device* device = hale_device_open("gold_6226", &error);
 *     hale_model* model = hale_model_read("resnet50.onnx", NULL, &error);
 *     hale_answer* answer = hale_device_answer(device, model, 0, &error);
 *     printf("%.1f ms\n", hale_answer_median_ms(answer));
 *
 * Link with -lhale-predict, which carries the built-in devices.
 *
 * ERRORS. A function that can fail ends with `char** error`. On failure it returns NULL, -1 or
 * HALE_NO_VALUE, as its type is, and sets *error to a message, which hale_text_free() frees. On
 * success it sets *error to NULL. `error` itself may be NULL. No C++ exception leaves a function.
 *
 * HANDLES. What a function returns as a handle belongs to the caller, who gives it back once to the
 * function that is named with it; giving back NULL does nothing. A handle that is NULL, or of
 * another kind, is an error where the function has `error`; else the result is NULL, 0 or NaN.
 * Using a handle after it was given back is not detected.
 *
 * TEXT. All text is UTF-8 that ends with a zero byte; paths are as the system has them. A
 * `const char*` that a function returns is part of the handle and lives as long as the handle.
 * What is passed in is copied before the function returns.
 *
 * THREADS. All functions may be called by many threads at once. Devices, models and answers never
 * change, so that threads may share them. A graph may be used by one thread at a time. A handle
 * may be given back only when no other call uses it.
 *
 * VERSIONS. A structure whose first field is `size` may get more fields at its end: set `size` to
 * sizeof it, and all that you do not use to zero. Other structures never change. Functions and
 * numbers that are here stay. */
#ifndef HALE_H
#define HALE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define HALE_EXPORT __attribute__((visibility("default")))
#else
#define HALE_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Of this header; grows by one whenever something is added. */
#define HALE_INTERFACE_VERSION 1

/* Of the library. A program works with a library of its header's version or a later one. */
HALE_EXPORT uint32_t hale_interface_version(void);

/* The library's release, "0.1.0". Lives as long as the program. */
HALE_EXPORT const char* hale_version(void);

/* Frees a message, or another `char*` that a function made. */
HALE_EXPORT void hale_text_free(char* text);

/* ---- Devices ---------------------------------------------------------------------------- */

typedef struct hale_device hale_device;

/* How many devices the library carries. */
HALE_EXPORT size_t hale_built_in_device_count(void);

/* The name of one, from index 0; NULL beyond the last. Lives as long as the program. */
HALE_EXPORT const char* hale_built_in_device_name(size_t index);

/* A built-in device by its name, "default" among them, or a file that `hale adapt` made; "-" reads
 * the file from stdin. Given back by hale_device_close(); models and answers do not need it. */
HALE_EXPORT hale_device* hale_device_open(const char* name_or_file, char** error);
HALE_EXPORT void hale_device_close(hale_device* device);

HALE_EXPORT const char* hale_device_name(const hale_device* device);
/* What the device was measured with: the batch, and the precision, as "f32". */
HALE_EXPORT uint32_t hale_device_batch(const hale_device* device);
HALE_EXPORT const char* hale_device_precision(const hale_device* device);

/* ---- Models ----------------------------------------------------------------------------- */

typedef struct hale_model hale_model;

#define HALE_MAX_RANK 64 /* the most axes of a tensor */

/* The shape of one input. */
typedef struct hale_shape {
  const char* input; /* its name; NULL: the only input that is no weight */
  size_t rank;
  const int64_t* extents; /* from 0 on */
} hale_shape;

/* A name in open dimensions: with "past" and "seq" that of "past + seq" is said too. A whole text,
 * "past + seq", may stand here as well. */
typedef struct hale_dim {
  const char* symbol;
  int64_t extent; /* from 0 on */
} hale_dim;

/* Which axis of an input is its batch, from 0. */
typedef struct hale_batch_axis {
  const char* input;
  size_t axis;
} hale_batch_axis;

/* The branch that an If takes whose condition is not known. */
typedef struct hale_take {
  const char* node; /* its name; where it has none, that of its first result */
  int is_then;      /* 0: else */
} hale_take;

/* The number that an input of one element holds; of a truth value 0 or 1. */
typedef struct hale_input_value {
  const char* input;
  double number; /* of whole numbers those up to 2^53 */
} hale_input_value;

/* What is said of a model's inputs; what is not said stays as the model has it. */
typedef struct hale_inputs {
  size_t size;    /* sizeof(hale_inputs) */
  uint64_t batch; /* 0: not said */
  size_t shape_count;
  const hale_shape* shapes;
  size_t dim_count;
  const hale_dim* dims;
  size_t batch_axis_count;
  const hale_batch_axis* batch_axes; /* where hale would take another axis */
  size_t take_count;
  const hale_take* takes;
  size_t value_count;
  const hale_input_value* values;
} hale_inputs;

/* An ONNX file, whose weights are not read; one of hale's own networks, "residual/17"; or an ONNX
 * file from stdin for "-". `inputs` may be NULL. Given back by hale_model_close(); answers do not
 * need it. */
HALE_EXPORT hale_model* hale_model_read(const char* path, const hale_inputs* inputs, char** error);

/* The same from the bytes of an ONNX file. `name` is what answers call the model; NULL: nothing. */
HALE_EXPORT hale_model* hale_model_read_bytes(const void* bytes, size_t size, const char* name,
                                              const hale_inputs* inputs, char** error);
HALE_EXPORT void hale_model_close(hale_model* model);

HALE_EXPORT const char* hale_model_name(const hale_model* model);
/* The batch of the first input of which it is known; 0 where the model leaves it open. */
HALE_EXPORT int64_t hale_model_batch(const hale_model* model);

/* ---- Answers ---------------------------------------------------------------------------- */

typedef struct hale_answer hale_answer;

/* How far an answer may be relied on. */
typedef int32_t hale_verdict;
#define HALE_INTERPOLATING 0 /* the model is like what was measured */
#define HALE_EXTRAPOLATING 1 /* it is beyond that: the interval may not hold */
#define HALE_UNKNOWN 2       /* parts of the model could not be costed */

/* "interpolating"; NULL for other numbers. Lives as long as the program. */
HALE_EXPORT const char* hale_verdict_name(hale_verdict verdict);

#define HALE_WITH_KERNELS 1u /* say where the time goes too */

/* How long a model takes on a device. `flags` is 0 or HALE_WITH_KERNELS. The device refuses models
 * that it cannot answer, with the reason. Given back by hale_answer_close(). */
HALE_EXPORT hale_answer* hale_device_answer(const hale_device* device, const hale_model* model,
                                            uint32_t flags, char** error);
HALE_EXPORT void hale_answer_close(hale_answer* answer);

/* Milliseconds: the answer, and the ends of the interval around it. */
HALE_EXPORT double hale_answer_median_ms(const hale_answer* answer);
HALE_EXPORT double hale_answer_low_ms(const hale_answer* answer);
HALE_EXPORT double hale_answer_high_ms(const hale_answer* answer);
/* The share of what is measured that the interval should hold, 0.9. */
HALE_EXPORT double hale_answer_interval_level(const hale_answer* answer);
/* HALE_UNKNOWN where there is no answer. */
HALE_EXPORT hale_verdict hale_answer_verdict(const hale_answer* answer);

/* What the model and the device are called. */
HALE_EXPORT const char* hale_answer_model(const hale_answer* answer);
HALE_EXPORT const char* hale_answer_device(const hale_answer* answer);
/* That the device was measured with. */
HALE_EXPORT uint32_t hale_answer_batch(const hale_answer* answer);
HALE_EXPORT const char* hale_answer_precision(const hale_answer* answer);
/* Whose predictor answered, "graph" for any graph; and in a searched space which architecture the
 * model is, else "". */
HALE_EXPORT const char* hale_answer_space(const hale_answer* answer);
HALE_EXPORT const char* hale_answer_arch(const hale_answer* answer);
/* Why the answer is uncertain, as a sentence; "" where nothing says that it is. */
HALE_EXPORT const char* hale_answer_reason(const hale_answer* answer);

/* What the model costs on any device; `covered` is the share of its operations that could be
 * costed. */
HALE_EXPORT uint64_t hale_answer_macs(const hale_answer* answer);
HALE_EXPORT uint64_t hale_answer_parameters(const hale_answer* answer);
HALE_EXPORT double hale_answer_covered(const hale_answer* answer);

/* Lists of sentences, and of the names of operations that could not be costed; NULL beyond the
 * last. */
HALE_EXPORT size_t hale_answer_assumption_count(const hale_answer* answer);
HALE_EXPORT const char* hale_answer_assumption(const hale_answer* answer, size_t index);
HALE_EXPORT size_t hale_answer_warning_count(const hale_answer* answer);
HALE_EXPORT const char* hale_answer_warning(const hale_answer* answer, size_t index);
HALE_EXPORT size_t hale_answer_unknown_operation_count(const hale_answer* answer);
HALE_EXPORT const char* hale_answer_unknown_operation(const hale_answer* answer, size_t index);

/* A kernel and its part of the time. */
typedef struct hale_kernel {
  size_t size;            /* sizeof(hale_kernel) */
  const char* location;   /* of its first node; "": the run itself, which is no kernel */
  const char* operations; /* "Conv+Relu" */
  double ms;              /* adds up to the median */
  double share;           /* of the whole */
  uint64_t macs;
  uint64_t bytes; /* read and written */
} hale_kernel;

/* The dearest first; none where they were not asked for. The texts are part of the answer. */
HALE_EXPORT size_t hale_answer_kernel_count(const hale_answer* answer);
HALE_EXPORT int hale_answer_kernel(const hale_answer* answer, size_t index, hale_kernel* kernel,
                                   char** error);

/* ---- Many answers ----------------------------------------------------------------------- */

/* How long `count` architectures of a space take on a device, by their strings. Each array that is
 * not NULL gets `count` elements; on failure none is written. */
HALE_EXPORT int hale_device_score(const hale_device* device, const char* space,
                                  const char* const* archs, size_t count, double* median_ms,
                                  double* low_ms, double* high_ms, hale_verdict* verdicts,
                                  char** error);

/* Every model on every device. Element model * device_count + device of each array that is not
 * NULL is that model's on that device: NaN where the device refused, and then `reasons` has why,
 * which hale_text_free() frees, else NULL. Works on this many threads, 1 to 1024, which are made
 * and ended within the call. On failure nothing is written. */
HALE_EXPORT int hale_table(const hale_model* const* models, size_t model_count,
                           const hale_device* const* devices, size_t device_count, size_t threads,
                           double* median_ms, double* low_ms, double* high_ms, char** reasons,
                           char** error);

/* ---- Graphs that are no ONNX files ------------------------------------------------------ */

typedef struct hale_graph hale_graph;
typedef uint32_t hale_value; /* of the graph that gave it out */
typedef uint32_t hale_region;
#define HALE_NO_VALUE 0xffffffffu  /* as an operand: left out */
#define HALE_NO_REGION 0xffffffffu /* as a result: refused */

/* The type of a tensor. */
typedef struct hale_type {
  int32_t element; /* by ONNX's number: HALE_F32 */
  size_t rank;     /* at most HALE_MAX_RANK */
  const int64_t* extents;
  const char* const* symbols; /* the names of extents that are open; NULL: none has one */
} hale_type;

#define HALE_OPEN (-1) /* an extent that is not known */

#define HALE_F32 1
#define HALE_U8 2
#define HALE_I8 3
#define HALE_I32 6
#define HALE_I64 7
#define HALE_BOOL 9
#define HALE_F16 10
#define HALE_F64 11
#define HALE_BF16 16

/* A graph without operations. Given back by hale_graph_close(); models made from it do not need
 * it. What is refused is not added, and the graph can be used on. `name` may be NULL. */
HALE_EXPORT hale_graph* hale_graph_new(const char* name, char** error);
HALE_EXPORT void hale_graph_close(hale_graph* graph);

/* An input of the graph, or of the region that is open. */
HALE_EXPORT hale_value hale_graph_input(hale_graph* graph, const char* name, const hale_type* type,
                                        char** error);

/* Weights: only their type, since no cost depends on their numbers. */
HALE_EXPORT hale_value hale_graph_weight(hale_graph* graph, const char* name, const hale_type* type,
                                         char** error);

/* A constant whose elements matter, as the shape that a Reshape takes: of integers up to 1024, of
 * numbers up to 16 (larger ones are weights). As many elements as the type says. */
HALE_EXPORT hale_value hale_graph_integers(hale_graph* graph, const hale_type* type,
                                           const int64_t* elements, char** error);
HALE_EXPORT hale_value hale_graph_numbers(hale_graph* graph, const hale_type* type,
                                          const double* elements, char** error);

/* An attribute; `kind` says which of the other fields holds it. */
typedef struct hale_attribute {
  const char* name;
  int32_t kind;
  int64_t integer;
  float number;
  const char* text;
  size_t count; /* of a list */
  const int64_t* integers;
  const float* numbers;
  const char* const* texts;
} hale_attribute;

#define HALE_INTEGER 1
#define HALE_NUMBER 2
#define HALE_TEXT 3
#define HALE_INTEGERS 4
#define HALE_NUMBERS 5
#define HALE_TEXTS 6

/* A region that an operation owns: "then_branch" of If, "body" of Loop. */
typedef struct hale_named_region {
  const char* name;
  hale_region region;
} hale_named_region;

typedef struct hale_operation {
  size_t size;          /* sizeof(hale_operation) */
  const char* name;     /* "Conv" */
  const char* domain;   /* NULL: ONNX's own */
  const char* location; /* what messages and kernels call it; may be NULL */
  size_t operand_count;
  const hale_value* operands;
  size_t attribute_count;
  const hale_attribute* attributes;
  size_t region_count;
  const hale_named_region* regions;
  size_t result_count;           /* 0: one */
  const hale_type* result_types; /* NULL, or one each: for operations that hale does not know */
} hale_operation;

/* Adds an operation and writes its results' values, as many as `result_count` says. Refused are
 * operands, attributes and shapes that do not fit. */
HALE_EXPORT int hale_graph_add(hale_graph* graph, const hale_operation* operation,
                               hale_value* results, char** error);

/* Opens a region, into which everything goes until it is closed; which region that was. An
 * operation then takes it. */
HALE_EXPORT int hale_graph_open_region(hale_graph* graph, char** error);
HALE_EXPORT hale_region hale_graph_close_region(hale_graph* graph, char** error);

/* What is known of a value by now. */
typedef struct hale_known_type {
  size_t size;       /* sizeof(hale_known_type) */
  int32_t element;   /* 0: not known */
  int32_t is_ranked; /* 0: the rank is not known */
  size_t rank;
  int64_t extents[HALE_MAX_RANK]; /* HALE_OPEN where not known */
} hale_known_type;

HALE_EXPORT int hale_graph_type(const hale_graph* graph, hale_value value, hale_known_type* type,
                                char** error);

/* Makes a value an output of the graph, or of the region that is open. `name` may be NULL. */
HALE_EXPORT int hale_graph_output(hale_graph* graph, hale_value value, const char* name,
                                  char** error);

/* A model of the graph as it is now; the graph stays. `inputs` may be NULL; answers call the model
 * by the graph's name. */
HALE_EXPORT hale_model* hale_graph_model(const hale_graph* graph, const hale_inputs* inputs,
                                         char** error);

#ifdef __cplusplus
}
#endif

#endif
