package dev.obdbuild.llb;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.protos.pb.WorkerConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Operations to their {@code pb.Op} bytes, in the order BuildKit has: fields by number, maps sorted
 * by key, and the operation itself, which is a {@code oneof}, behind everything else. Digests
 * count.
 */
final class OpWriter {
  private OpWriter() {}

  static byte[] marshal(Op op, List<Input> inputs, Optional<Platform> platform) {
    var head = dev.obdbuild.protos.pb.Op.newBuilder();
    inputs.forEach(i -> head.addInputs(input(i.vertex().toString(), i.index())));
    platform.ifPresent(p -> head.setPlatform(Platforms.toProto(p)));
    head.setConstraints(WorkerConstraints.getDefaultInstance());
    byte[] first = bytes(head.build());
    byte[] last = bytes(operation(op));
    byte[] whole = Arrays.copyOf(first, first.length + last.length);
    System.arraycopy(last, 0, whole, first.length, last.length);
    return whole;
  }

  private static dev.obdbuild.protos.pb.Op operation(Op op) {
    var message = dev.obdbuild.protos.pb.Op.newBuilder();
    switch (op) {
      case ExecOp exec -> message.setExec(ExecWriter.exec(exec));
      case FileOp file -> message.setFile(FileWriter.file(file));
      case SourceOp source ->
          message.setSource(
              dev.obdbuild.protos.pb.SourceOp.newBuilder()
                  .setIdentifier(source.identifier())
                  .putAllAttrs(source.attrs()));
      case MergeOp merge -> message.setMerge(merge(merge));
      case DiffOp diff -> message.setDiff(diff(diff));
      case BuildOp build -> message.setBuild(build(build));
      case PassthroughOp pass -> message.setPassthrough(passthrough(pass));
    }
    return message.build();
  }

  /** The last element of a definition: no operation, one input that is the result. */
  static byte[] result(Output result) {
    return bytes(
        dev.obdbuild.protos.pb.Op.newBuilder()
            .addInputs(input(result.vertex().toString(), result.index()))
            .build());
  }

  private static dev.obdbuild.protos.pb.Input input(String digest, int index) {
    return dev.obdbuild.protos.pb.Input.newBuilder().setDigest(digest).setIndex(index).build();
  }

  private static dev.obdbuild.protos.pb.MergeOp merge(MergeOp op) {
    var merge = dev.obdbuild.protos.pb.MergeOp.newBuilder();
    op.inputs()
        .forEach(i -> merge.addInputs(dev.obdbuild.protos.pb.MergeInput.newBuilder().setInput(i)));
    return merge.build();
  }

  private static dev.obdbuild.protos.pb.DiffOp diff(DiffOp op) {
    return dev.obdbuild.protos.pb.DiffOp.newBuilder()
        .setLower(dev.obdbuild.protos.pb.LowerDiffInput.newBuilder().setInput(op.lower()))
        .setUpper(dev.obdbuild.protos.pb.UpperDiffInput.newBuilder().setInput(op.upper()))
        .build();
  }

  private static dev.obdbuild.protos.pb.BuildOp build(BuildOp op) {
    var build = dev.obdbuild.protos.pb.BuildOp.newBuilder().setBuilder(op.builder());
    op.inputs()
        .forEach(
            (name, index) ->
                build.putInputs(
                    name, dev.obdbuild.protos.pb.BuildInput.newBuilder().setInput(index).build()));
    op.definition().ifPresent(graph -> build.setDef(graph.toDefinition()));
    return build.putAllAttrs(op.attrs()).build();
  }

  private static dev.obdbuild.protos.pb.PassthroughOp passthrough(PassthroughOp op) {
    var pass = dev.obdbuild.protos.pb.PassthroughOp.newBuilder().setId(op.id());
    op.outputs().forEach(pass::addOutputs);
    return pass.build();
  }

  static ByteString copy(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }

  private static byte[] bytes(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("a message outgrew its own size", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }
}
