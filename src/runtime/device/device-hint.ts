import type { Device } from "../session.ts";
import type { DeviceProbe } from "./probe-result.ts";

/** What to do where a device cannot be used. */
export function deviceHint(device: Exclude<Device, "cpu">, probe: DeviceProbe): string {
  return `${device === "cuda" ? cudaHint(probe) : webgpuHint()}; or use --device cpu`;
}

function webgpuHint(): string {
  if (process.platform !== "linux") return "update the driver of the graphics card, then run aim devices";
  if (process.arch !== "x64") return "ONNX Runtime has WebGPU on Linux for x64 alone";
  return "install the Vulkan loader and the driver of the graphics card (on Debian and Ubuntu libvulkan1, and mesa-vulkan-drivers or NVIDIA's driver), then run aim devices";
}

/** The loader names the library that it did not find. */
function cudaHint({ log }: DeviceProbe): string {
  if (process.platform !== "linux" || process.arch !== "x64")
    return "ONNX Runtime has CUDA for Node on Linux x64 alone";
  const missing = /([^\s/]+\.so[.\d]*): cannot open shared object file/.exec(log)?.[1];
  const what = missing === undefined ? "a library is missing" : `${missing} is missing`;
  if (missing === undefined || missing.startsWith("libonnxruntime")) {
    return `${what}: in the project's folder run ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node, then aim devices`;
  }
  return `${what}: install CUDA 12 and cuDNN 9 and name their folder in LD_LIBRARY_PATH, then run aim devices`;
}
