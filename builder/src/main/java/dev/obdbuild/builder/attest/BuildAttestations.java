package dev.obdbuild.builder.attest;

import dev.obdbuild.builder.attest.AttestOptions.Provenance;
import dev.obdbuild.builder.attest.ProvenanceJson.Layers;
import dev.obdbuild.builder.attest.ProvenanceJson.Run;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.Ref;
import dev.obdbuild.builder.build.ResultAttestation;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.CacheTrail;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What is attested about one build. Made when the build begins, used once, when its result is
 * carried out.
 */
public final class BuildAttestations implements AutoCloseable {

  private final Build build;
  private final AttestOptions options;
  private final String frontend;
  private final Map<String, String> asked;
  private final BuilderFacts facts;
  private final Instant started;
  private final Optional<MachineUsage> usage;
  private final String id = UUID.randomUUID().toString().replace("-", "");

  /** A part of the result with what a provenance says of it. */
  private record Told(Ref ref, Materials materials) {}

  /**
   * One platform's part of the result.
   *
   * @param key in the result; empty where there is only one
   * @param ref empty for an empty filesystem
   * @param given what the frontend attests
   */
  public record Part(
      String key,
      Platform platform,
      Optional<Ref> ref,
      Snapshot snapshot,
      List<ResultAttestation> given) {

    public Part {
      given = List.copyOf(given);
    }

    private String id() {
      return key.isEmpty() ? platform.normalised().format() : key;
    }
  }

  /**
   * What is attested and recorded.
   *
   * @param attestations of each part, by its key
   * @param recorded what the history keeps of them
   */
  public record Made(Map<String, List<Attestation>> attestations, Recorded recorded) {}

  /** The provenance that the history keeps of each part, by its key; made when it is asked for. */
  @FunctionalInterface
  public interface Recorded {
    /** Made anew each time, while the build's results are held. */
    Map<String, byte[]> provenance() throws IOException;
  }

  /**
   * Begins a build.
   *
   * @param frontend that the client named, empty for none
   * @param asked the options that the client gave
   * @param facts what is said of the builder
   * @throws IllegalArgumentException when it asks for attestations that make no sense
   */
  public BuildAttestations(
      Build build,
      String frontend,
      SortedMap<String, String> asked,
      BuilderFacts facts,
      Instant started) {
    this.build = build;
    this.options = AttestOptions.parse(asked);
    this.frontend = frontend;
    this.asked = asked;
    this.facts = facts;
    this.started = started;
    this.usage =
        options
            .provenance()
            .filter(Provenance::usage)
            .map(wanted -> MachineUsage.sampling(Path.of("/proc")));
  }

  /**
   * Attests parts: runs the scanner, if one is asked for, and tells how they came to be.
   *
   * @param sealing whether layers are sealed anyway, so that a provenance can name them
   */
  public Made of(List<Part> parts, boolean sealing) throws IOException {
    List<Ref> refs = parts.stream().flatMap(part -> part.ref().stream()).toList();
    List<Platform> platforms = parts.stream().map(Part::platform).toList();
    Map<String, Told> told = new HashMap<>();
    for (Part part : parts) {
      if (part.ref().isPresent()) {
        Ref ref = part.ref().get();
        told.put(
            part.key(), new Told(ref, Capture.of(build, ref, refs, platforms, part.platform())));
      }
    }
    Map<String, List<Attestation>> attestations = new LinkedHashMap<>();
    for (Part part : parts) {
      Optional<Materials> materials =
          Optional.ofNullable(told.get(part.key())).map(Told::materials);
      attestations.put(part.key(), new ArrayList<>(statements(part, materials)));
    }
    Run run =
        new Run(
            id, started, Instant.now(), facts, usage.isPresent() ? usage.get().told() : List.of());
    for (Part part : parts) {
      Told what = told.get(part.key());
      if (what == null) {
        continue;
      }
      if (options.provenance().isPresent()) {
        Provenance wanted = options.provenance().get();
        demandComplete(wanted, what.materials());
        Objects.requireNonNull(attestations.get(part.key()))
            .add(
                new Attestation(
                    wanted.version().predicateType(),
                    json(what, wanted, wanted.max() ? layers(part, sealing) : Map.of(), run)
                        .toBytes(wanted),
                    wanted.fileName(),
                    wanted.inlineOnly(),
                    List.of()));
      }
    }
    return new Made(attestations, () -> recorded(parts, told, run));
  }

  private Map<String, byte[]> recorded(List<Part> parts, Map<String, Told> told, Run run)
      throws IOException {
    Provenance kept =
        Provenance.ofHistory(options.provenance().map(Provenance::builderId).orElse(""));
    Map<String, byte[]> recorded = new LinkedHashMap<>();
    for (Part part : parts) {
      Told what = told.get(part.key());
      if (what != null) {
        recorded.put(part.key(), json(what, kept, layers(part, false), run).toBytes(kept));
      }
    }
    return recorded;
  }

  private static void demandComplete(Provenance wanted, Materials materials)
      throws IncompleteMaterialsException {
    if (wanted.complete() && !materials.complete()) {
      throw new IncompleteMaterialsException(List.copyOf(materials.locals()));
    }
  }

  private ProvenanceJson json(
      Told what, Provenance wanted, Map<Layers, List<Descriptor>> layers, Run run) {
    boolean other =
        !root(true).isEmpty() && !root(true).sameAs(RequestJson.of(what.ref().origin(), true));
    return new ProvenanceJson(
        what.ref().graph(),
        what.materials(),
        RequestJson.of(what.ref().origin(), wanted.max()),
        other ? Optional.of(root(wanted.max())) : Optional.empty(),
        layers,
        run);
  }

  /** What the client asked for, whatever frontends made of it. */
  private RequestJson root(boolean all) {
    return RequestJson.of(frontend, asked, new TreeMap<>(), all);
  }

  private List<Attestation> statements(Part part, Optional<Materials> materials)
      throws IOException {
    List<ResultAttestation> given = new ArrayList<>(part.given());
    boolean listed = given.stream().anyMatch(it -> it.predicateType().equals(SbomScan.PREDICATE));
    if (options.packages().isPresent() && !listed && part.ref().isPresent()) {
      boolean fresh = "".equals(asked.get("no-cache"));
      String mode = asked.getOrDefault("image-resolve-mode", "default");
      SbomScan scan = SbomScan.find(build, options.packages().get(), fresh, mode);
      if (!part.ref().get().origin().frontend().isEmpty()) {
        // As with BuildKit, where frontends run the scanner.
        materials.ifPresent(it -> it.image(scan.material()));
      }
      given.add(scan.of(part.id(), part.ref().get()));
    }
    return new ResultStatements(build).of(given);
  }

  /**
   * The layers of all results that the part's filesystem consists of.
   *
   * @param sealing whether those are told that are not sealed yet
   */
  private static Map<Layers, List<Descriptor>> layers(Part part, boolean sealing)
      throws IOException {
    Optional<CacheTrail<WorkerResult>> trail = part.ref().flatMap(Ref::trail);
    Map<Layers, List<Descriptor>> all = new HashMap<>();
    if (trail.isEmpty()) {
      return all;
    }
    List<LayerSource> image = part.snapshot().layers();
    if (!sealing && !image.isEmpty() && image.getFirst().existing().isEmpty()) {
      // Every part of it has a layer that is in no registry; loading them all would take long.
      return all;
    }
    for (CacheTrail.Entry entry : trail.get().entries()) {
      List<WorkerResult> results = trail.get().results(entry).orElse(List.of());
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i) instanceof SnapshotResult made) {
          List<LayerSource> layers = made.snapshot().layers();
          boolean there = layers.stream().allMatch(layer -> layer.existing().isPresent());
          if ((sealing || there) && isPart(layers, image)) {
            all.put(new Layers(entry.vertex(), i), descriptors(layers));
          }
        }
      }
    }
    return all;
  }

  private static boolean isPart(List<LayerSource> layers, List<LayerSource> image) {
    return layers.size() <= image.size() && image.subList(0, layers.size()).equals(layers);
  }

  private static List<Descriptor> descriptors(List<LayerSource> layers) throws IOException {
    List<Descriptor> all = new ArrayList<>();
    for (LayerSource layer : layers) {
      all.add(
          layer.existing().isPresent()
              ? layer.existing().get().descriptor()
              : layer.seal().descriptor());
    }
    return all;
  }

  @Override
  public void close() {
    usage.ifPresent(MachineUsage::close);
  }
}
