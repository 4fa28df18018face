// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/status.cuh"

namespace tempsweep::kernels {
namespace {

cudaStream_t native(Stream stream) {
  return static_cast<cudaStream_t>(stream);
}
cudaEvent_t event_of(Event event) {
  return static_cast<cudaEvent_t>(event);
}

class CardRuntime final : public Runtime {
 public:
  int device_count() override {
    int count = 0;
    // Without a driver this is an error: no devices, then.
    return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
  }

  Status name(int device, std::string& name) override {
    cudaDeviceProp properties{};
    const cudaError_t error = cudaGetDeviceProperties(&properties, device);
    name = properties.name;
    return status_of(error);
  }
  Status facts(int device, DeviceFacts& facts) override {
    cudaDeviceProp properties{};
    cudaError_t error = cudaGetDeviceProperties(&properties, device);
    int kilohertz = 0;
    if (error == cudaSuccess) {
      error = cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, device);
    }
    if (error == cudaSuccess) {
      error = cudaSetDevice(device);
    }
    std::size_t free = 0;
    std::size_t total = 0;
    if (error == cudaSuccess) {
      error = cudaMemGetInfo(&free, &total);
    }
    if (error == cudaSuccess) {
      facts = {properties.name,
               total,
               free,
               kilohertz * 1e3,
               properties.multiProcessorCount,
               10 * properties.major + properties.minor,
               static_cast<std::int64_t>(properties.sharedMemPerBlockOptin)};
    }
    return status_of(error);
  }

  Status use(int device) override { return status_of(cudaSetDevice(device)); }

  Status allocate(void** address, std::size_t bytes) override {
    return forgiving(cudaMalloc(address, bytes));
  }
  void release(void* address) override { (void)cudaFree(address); }
  Status allocate_pinned(void** address, std::size_t bytes) override {
    return forgiving(cudaMallocHost(address, bytes));
  }
  void release_pinned(void* address) override { (void)cudaFreeHost(address); }
  bool is_pinned(const void* address) override {
    cudaPointerAttributes attributes{};
    const bool known = cudaPointerGetAttributes(&attributes, address) == cudaSuccess;
    return known && attributes.type == cudaMemoryTypeHost;
  }

  Status create_stream(Stream* stream) override {
    cudaStream_t made = nullptr;
    const cudaError_t error = cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking);
    *stream = made;
    return status_of(error);
  }
  void destroy_stream(Stream stream) override { (void)cudaStreamDestroy(native(stream)); }
  Status create_event(Event* event) override {
    cudaEvent_t made = nullptr;
    const cudaError_t error = cudaEventCreate(&made);
    *event = made;
    return status_of(error);
  }
  void destroy_event(Event event) override { (void)cudaEventDestroy(event_of(event)); }
  Status record(Event event, Stream stream) override {
    return status_of(cudaEventRecord(event_of(event), native(stream)));
  }
  Status wait(Event event) override { return status_of(cudaEventSynchronize(event_of(event))); }
  Status synchronise(Stream stream) override { return status_of(cudaStreamSynchronize(native(stream))); }
  Status seconds_between(Event first, Event second, double* seconds) override {
    float milliseconds = 0;
    const cudaError_t error = cudaEventElapsedTime(&milliseconds, event_of(first), event_of(second));
    *seconds = static_cast<double>(milliseconds) * 1e-3;
    return status_of(error);
  }

  Status copy_in(void* device, const void* pinned, std::size_t bytes, Stream stream) override {
    return status_of(cudaMemcpyAsync(device, pinned, bytes, cudaMemcpyHostToDevice, native(stream)));
  }
  Status copy_rows_in(void* device, std::size_t device_pitch, const void* pinned, std::size_t pitch,
                      std::size_t bytes, std::size_t rows, Stream stream) override {
    return status_of(cudaMemcpy2DAsync(device, device_pitch, pinned, pitch, bytes, rows,
                                       cudaMemcpyHostToDevice, native(stream)));
  }
  Status copy_out(void* pinned, const void* device, std::size_t bytes, Stream stream) override {
    return status_of(cudaMemcpyAsync(pinned, device, bytes, cudaMemcpyDeviceToHost, native(stream)));
  }
  Status clear(void* device, std::size_t bytes, Stream stream) override {
    return status_of(cudaMemsetAsync(device, 0, bytes, native(stream)));
  }
  Status sort_rows(const double* in, double* out, std::int64_t rows, std::int64_t columns,
                   std::int64_t stride, void* temporary, std::size_t* bytes, Stream stream) override {
    return sort_rows_on_card(in, out, rows, columns, stride, temporary, bytes, stream);
  }

  Status sort_pairs(const SortPairs& arguments, void* temporary, std::size_t* bytes, Stream stream) override {
    return sort_pairs_on_card(arguments, temporary, bytes, stream);
  }

  Status launch(const ScanRows& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const MergeScans& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const RankCuts& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const CountKept& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const CollectKept& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const DirectF64& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const MergeF64& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const DirectF32& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const DirectF32Mixed& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const MergeF32& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const BuildLeaves& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const MergeLeaves& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const ClimbLadder& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const EvaluateLadder& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const MakeSeries& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const InterpolateSums& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const ListGroups& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const DirectListed& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const TakeSquares& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const LargestErrors& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const MakeLaws& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const UnitReferences& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const EvaluateMetrics& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const EvaluateRenyi& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const OrderRows& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const EvaluateOrdering& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const Probabilities& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const FloatProbabilities& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const Fill<float>& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const Fill<std::uint16_t>& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const BuildAlias& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const DrawTokens& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const BuildInverse& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const CutLaws& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const MakeRaces& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const DrawRaces& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const DrawMultinomial& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const NumberTokens& a, Stream s) override { return launch_on_card(a, s); }
  Status launch(const JudgePoints& a, Stream s) override { return launch_on_card(a, s); }

 private:
  /// A refused allocation is no fault of the device: it must not show again at the next call.
  static Status forgiving(cudaError_t error) {
    if (error == cudaErrorMemoryAllocation) {
      (void)cudaGetLastError();
    }
    return status_of(error);
  }
};

}  // namespace

Runtime* card_runtime() {
  static CardRuntime runtime;
  return &runtime;
}

}  // namespace tempsweep::kernels
