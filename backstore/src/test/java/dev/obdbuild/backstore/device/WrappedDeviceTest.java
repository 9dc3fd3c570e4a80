package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.lsmt.LayerStack;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WrappedDeviceTest extends BlockDeviceConformance {
  private static final class Wrapper extends WrappedDevice {
    Wrapper(BlockDevice device) {
      super(device);
    }
  }

  @Override
  BlockDevice device() {
    return new Wrapper(new MemoryDevice(SIZE, 512));
  }

  @Test
  void theLayersAreFoundHoweverTheyAreWrapped() throws IOException {
    try (StackDevice layered = StackDevice.readOnly(LayerStack.of(List.of(), SIZE));
        BlockDevice wrapped = new Wrapper(new Wrapper(layered));
        BlockDevice flat = new Wrapper(new MemoryDevice(SIZE, 512))) {
      assertThat(WrappedDevice.layered(wrapped)).containsSame(layered);
      assertThat(WrappedDevice.layered(layered)).containsSame(layered);
      assertThat(WrappedDevice.layered(flat)).isEmpty();
    }
  }
}
