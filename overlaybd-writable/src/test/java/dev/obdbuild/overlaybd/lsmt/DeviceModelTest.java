package dev.obdbuild.overlaybd.lsmt;

import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random operations on a stack of layers against a plain byte array. */
class DeviceModelTest {

  @Property(tries = 300)
  void a_stack_of_layers_shows_what_was_written(
      @ForAll("operations") List<DeviceModel.Operation> operations) throws IOException {
    try (DeviceModel model = new DeviceModel()) {
      for (DeviceModel.Operation operation : operations) {
        model.apply(operation);
      }
      model.checkAll();
    }
  }

  @Provide
  Arbitrary<List<DeviceModel.Operation>> operations() {
    Arbitrary<DeviceModel.Kind> kind =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(
                12, Arbitraries.of(DeviceModel.Kind.WRITE, DeviceModel.Kind.DISCARD)),
            net.jqwik.api.Tuple.of(4, Arbitraries.of(DeviceModel.Kind.READ)),
            net.jqwik.api.Tuple.of(3, Arbitraries.of(DeviceModel.Kind.class)));
    Arbitrary<Integer> offset = Arbitraries.integers().between(0, DeviceModel.SECTORS - 1);
    Arbitrary<Integer> length =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(4, Arbitraries.integers().between(1, 24)),
            net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(1, DeviceModel.SECTORS)));
    return Combinators.combine(
            kind, offset, length, Arbitraries.integers(), Arbitraries.of(true, false))
        .as(DeviceModel.Operation::of)
        .list()
        .ofMaxSize(60);
  }
}
