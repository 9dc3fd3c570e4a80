package dev.obdbuild.backstore.device;

final class MemoryDeviceTest extends BlockDeviceConformance {
  @Override
  BlockDevice device() {
    return new MemoryDevice(SIZE, 512);
  }
}
