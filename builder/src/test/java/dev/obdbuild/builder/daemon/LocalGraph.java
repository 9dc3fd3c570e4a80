package dev.obdbuild.builder.daemon;

import com.google.protobuf.ByteString;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.protos.pb.Input;
import dev.obdbuild.protos.pb.Op;
import dev.obdbuild.protos.pb.SourceOp;

/** A graph of one client folder, as a client without a frontend sends it. */
final class LocalGraph {

  private LocalGraph() {}

  static Definition definition(String name) {
    ByteString source =
        Op.newBuilder()
            .setSource(SourceOp.newBuilder().setIdentifier("local://" + name))
            .build()
            .toByteString();
    ByteString result =
        Op.newBuilder()
            .addInputs(Input.newBuilder().setDigest(Digest.sha256(source.toByteArray()).toString()))
            .build()
            .toByteString();
    return Definition.newBuilder().addDef(source).addDef(result).build();
  }
}
