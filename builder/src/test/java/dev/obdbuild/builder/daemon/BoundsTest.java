package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.ListWorkersRequest;
import dev.obdbuild.protos.control.SolveRequest;
import dev.obdbuild.protos.control.StatusRequest;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.protos.sourcepolicy.Policy;
import dev.obdbuild.protos.sourcepolicy.Rule;
import dev.obdbuild.protos.sourcepolicy.Selector;
import io.grpc.ManagedChannel;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a client may not ask for, however it asks. */
final class BoundsTest extends DaemonTest {

  private void solved(SolveRequest.Builder request, String refusal) throws Exception {
    try (EventLoops loops = new EventLoops(1)) {
      ManagedChannel channel = loops.channel(Address.parse(it.address()), Optional.empty()).build();
      try {
        assertThatThrownBy(() -> ControlGrpc.newBlockingStub(channel).solve(request.build()))
            .hasMessageContaining(refusal);
        // The connection serves on.
        assertThat(
                ControlGrpc.newBlockingStub(channel)
                    .listWorkers(ListWorkersRequest.getDefaultInstance())
                    .getRecordCount())
            .isEqualTo(1);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void aRequestHasSixteenMegabytesAtMost() throws Exception {
    solved(
        SolveRequest.newBuilder()
            .setRef("large")
            .setDefinition(Definition.newBuilder().addDef(ByteString.copyFrom(new byte[17 << 20]))),
        "RESOURCE_EXHAUSTED");
  }

  @Test
  void aRefHasABoundedLength() throws Exception {
    solved(SolveRequest.newBuilder().setRef("r".repeat(257)), "a ref of at most 256 characters");
  }

  @Test
  void aDefinitionHasABoundedNumberOfVertices() throws Exception {
    solved(
        SolveRequest.newBuilder()
            .setRef("vertices")
            .setInternal(true)
            .setDefinition(
                Definition.newBuilder()
                    .addAllDef(Collections.nCopies(100_001, ByteString.copyFrom(new byte[1])))),
        "definition with 100001 vertices, allowed are 100000");
  }

  @Test
  void aPolicyHasABoundedNumberOfRules() throws Exception {
    Rule rule = Rule.newBuilder().setSelector(Selector.newBuilder().setIdentifier("x")).build();
    solved(
        SolveRequest.newBuilder()
            .setRef("rules")
            .setSourcePolicy(Policy.newBuilder().addAllRules(Collections.nCopies(10_001, rule))),
        "source policies with 10001 rules, allowed are 10000");
  }

  @Test
  void aBuildThatIsNeverMadeIsNotFollowedForEver() throws Exception {
    try (EventLoops loops = new EventLoops(1)) {
      ManagedChannel channel = loops.channel(Address.parse(it.address()), Optional.empty()).build();
      try {
        assertThatThrownBy(
                () ->
                    ControlGrpc.newBlockingStub(channel)
                        .status(StatusRequest.newBuilder().setRef("never made").build())
                        .next())
            .hasMessageContaining("no such job never made");
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void theProgressOfABuildThatWasRefusedEndsWithoutAWord() throws Exception {
    String ref = "refused";
    try (EventLoops loops = new EventLoops(1)) {
      ManagedChannel channel = loops.channel(Address.parse(it.address()), Optional.empty()).build();
      try {
        var control = ControlGrpc.newBlockingStub(channel);
        assertThatThrownBy(
                () ->
                    control.solve(
                        SolveRequest.newBuilder()
                            .setRef(ref)
                            .addEntitlements("security.insecure")
                            .build()))
            .hasMessageContaining("not allowed by build daemon configuration");

        assertThat(control.status(StatusRequest.newBuilder().setRef(ref).build()))
            .toIterable()
            .isEmpty();
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
