// The platforms that a .vsix file is made for, and the native files that each needs.

/**
 * `runtime`: ONNX Runtime's libraries in its folder for the platform, beside the binding; all others there are taken away. What is left
 * out, and why: DirectML.dll is loaded for a device that is not offered, libonnxruntime.1.30.0.dylib is a second copy. CUDA's provider
 * is not in the package at all, it is downloaded by those who have CUDA.
 * `pictures`: sharp's packages for the platform.
 */
export const TARGETS = [
  {
    name: "linux-x64",
    platform: ["--os=linux", "--cpu=x64", "--libc=glibc"],
    runtime: { folder: "linux/x64", libraries: ["libonnxruntime.so.1"] },
    pictures: ["@img/sharp-linux-x64", "@img/sharp-libvips-linux-x64"],
  },
  {
    name: "linux-arm64",
    platform: ["--os=linux", "--cpu=arm64", "--libc=glibc"],
    runtime: { folder: "linux/arm64", libraries: ["libonnxruntime.so.1"] },
    pictures: ["@img/sharp-linux-arm64", "@img/sharp-libvips-linux-arm64"],
  },
  {
    name: "win32-x64",
    platform: ["--os=win32", "--cpu=x64"],
    runtime: { folder: "win32/x64", libraries: ["onnxruntime.dll", "dxcompiler.dll", "dxil.dll"] },
    pictures: ["@img/sharp-win32-x64"],
  },
  {
    name: "win32-arm64",
    platform: ["--os=win32", "--cpu=arm64"],
    runtime: { folder: "win32/arm64", libraries: ["onnxruntime.dll", "dxcompiler.dll", "dxil.dll"] },
    pictures: ["@img/sharp-win32-arm64"],
  },
  {
    name: "darwin-arm64",
    platform: ["--os=darwin", "--cpu=arm64"],
    runtime: { folder: "darwin/arm64", libraries: ["libonnxruntime.1.dylib"] },
    pictures: ["@img/sharp-darwin-arm64", "@img/sharp-libvips-darwin-arm64"],
  },
];
