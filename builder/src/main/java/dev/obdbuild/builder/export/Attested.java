package dev.obdbuild.builder.export;

import dev.obdbuild.pusher.attest.Attestation;
import java.io.IOException;
import java.util.List;

/** What is attested about the parts of a result. */
@FunctionalInterface
interface Attested {

  /** What is attested about one part; computed once. */
  List<Attestation> of(SolvedPart part) throws IOException;
}
