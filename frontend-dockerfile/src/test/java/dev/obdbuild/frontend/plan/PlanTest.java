package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Warning;
import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.LinuxResources;
import dev.obdbuild.llb.MergeOp;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PlanTest {

  private static BuildPlan plan(TestSources sources, Map<String, String> options)
      throws IOException {
    return TestSources.plan(
        new FrontendOptions(options, "", new Platform("linux", "amd64")), sources);
  }

  private static BuildPlan plan(String dockerfile) throws IOException {
    return plan(TestSources.of(dockerfile), Map.of());
  }

  private static <T extends Op> List<T> ops(BuildPlan plan, Class<T> type) {
    return plan.graph().vertices().stream()
        .map(Vertex::op)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  private static List<String> names(BuildPlan plan) {
    return plan.graph().vertices().stream().map(v -> v.meta().customName()).toList();
  }

  private static ExecOp lastRun(BuildPlan plan) {
    return ops(plan, ExecOp.class).getLast();
  }

  @Test
  void onlyStagesThatTheTargetNeedsAreResolved() throws IOException {
    TestSources sources =
        TestSources.of(
            "FROM nowhere AS unused\nRUN a\nFROM busybox AS build\nRUN b\nFROM busybox AS other\n"
                + "RUN c\nFROM scratch\nCOPY --from=build /x /x\n");
    BuildPlan plan = plan(sources, Map.of());
    assertThat(sources.asked)
        .containsExactly("docker.io/library/busybox:latest linux/amd64 default");
    assertThat(names(plan))
        .hasSize(3)
        .contains("[build 2/2] RUN b", "[stage-3 1/1] COPY --from=build /x /x");
  }

  @Test
  void aTargetIsFoundByNameInAnyCase() throws IOException {
    BuildPlan plan =
        plan(
            TestSources.of("FROM busybox AS one\nRUN a\nFROM one AS two\nRUN b\n"),
            Map.of("target", "ONE"));
    assertThat(names(plan)).contains("[one 2/2] RUN a").hasSize(2);
  }

  @Test
  void buildArgumentsWinOverDefaultsAndEnvOverArguments() throws IOException {
    BuildPlan plan =
        plan(
            TestSources.of(
                "ARG G=global\nARG H=${G}-h\nFROM busybox\nARG G\nARG H=own\nARG X=$G/$H Y=$X\n"
                    + "ARG NONE\nENV H=env\nRUN echo\n"),
            Map.of("build-arg:G", "given"));
    assertThat(lastRun(plan).meta().env())
        .containsExactly(
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "G=given",
            "X=given/own",
            "Y=given/own",
            "H=env");
    assertThat(plan.config().history().getLast().createdBy())
        .isEqualTo("RUN |5 G=given H=env X=given/own Y=given/own NONE= /bin/sh -c echo # buildkit");
    assertThat(plan.config().config().env()).contains("H=env").doesNotContain("G=given");
  }

  @Test
  void automaticArgumentsNameThePlatformAndTheTarget() throws IOException {
    BuildPlan plan =
        plan(
            TestSources.of(
                "FROM busybox AS b\nARG TARGETPLATFORM BUILDOS TARGETVARIANT TARGETSTAGE\nRUN x\n"),
            Map.of("platform", "linux/arm64"));
    assertThat(lastRun(plan).meta().env())
        .contains("TARGETPLATFORM=linux/arm64", "BUILDOS=linux", "TARGETVARIANT=", "TARGETSTAGE=b");
    assertThat(plan.config().platform()).isEqualTo(new Platform("linux", "arm64"));
    assertThat(plan.graph().vertices().getFirst().platform())
        .contains(new Platform("linux", "arm64"));
  }

  @Test
  void anImageForAnotherPlatformKeepsItsOwnAndIsWarnedOf() throws IOException {
    TestSources sources =
        new TestSources()
            .definition("Dockerfile", "FROM img\nRUN x\n")
            .image(
                "img",
                "{\"architecture\":\"386\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\","
                    + "\"diff_ids\":[\"sha256:"
                    + "1".repeat(64)
                    + "\"]}}");
    BuildPlan plan =
        TestSources.plan(
            new FrontendOptions(Map.of(), "", new Platform("linux", "amd64")), sources);
    assertThat(plan.config().platform()).isEqualTo(new Platform("linux", "386"));
    assertThat(plan.graph().vertices().getFirst().platform())
        .contains(new Platform("linux", "amd64"));
    assertThat(plan.warnings())
        .extracting(Warning::rule)
        .containsExactly("InvalidBaseImagePlatform");
  }

  @Test
  void anUnnamedSingleStageHasNoNameUnlessAMountHidesAnotherOne() throws IOException {
    assertThat(names(plan("FROM busybox\nRUN a\n"))).contains("[2/2] RUN a");
    assertThat(names(plan("FROM busybox\nRUN --mount=type=cache,target=/c a\n")))
        .contains("[stage-0 2/2] RUN --mount=type=cache,target=/c a");
  }

  @Test
  void triggersOfAnImageFireFirst() throws IOException {
    TestSources sources =
        TestSources.of("FROM trig\nRUN own\n")
            .image(
                "trig",
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"OnBuild\":[\"ENV A=1\","
                    + "\"COPY --from=busybox /bin/x /x\",\"RUN <<E\\nfired\\nE\"]},\"rootfs\":{\"type\":"
                    + "\"layers\",\"diff_ids\":[\"sha256:"
                    + "1".repeat(64)
                    + "\"]}}");
    BuildPlan plan = plan(sources, Map.of());
    assertThat(names(plan))
        .contains(
            "[2/5] ONBUILD COPY --from=busybox /bin/x /x",
            "[3/5] ONBUILD RUN <<E (fired)",
            "[4/5] RUN own");
    assertThat(plan.config().config().onBuild()).isEmpty();
    assertThat(lastRun(plan).meta().env()).contains("A=1");
    assertThat(sources.asked).hasSize(2);
  }

  @Test
  void anEmptyFilesystemHasAnEmptyGraph() throws IOException {
    BuildPlan plan = plan("FROM scratch\nLABEL a=b\n");
    assertThat(plan.graph().result()).isEmpty();
    assertThat(plan.base()).isEmpty();
    assertThat(new String(plan.config().toJson(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"architecture\":\"amd64\",\"config\":{\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:"
                + "/usr/sbin:/usr/bin:/sbin:/bin\"],\"WorkingDir\":\"/\",\"Labels\":{\"a\":\"b\"}},"
                + "\"created\":null,\"history\":[{\"created_by\":\"LABEL a=b\",\"comment\":\"buildkit.dockerfile.v0\","
                + "\"empty_layer\":true}],\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}}");
  }

  @Test
  void aLinkOnNothingNeedsNoMerge() throws IOException {
    BuildPlan plan = plan("FROM scratch\nCOPY --link a b /c/\nCOPY --link --chmod=600 a /d\n");
    assertThat(ops(plan, MergeOp.class)).isEmpty();
    FileOp first = ops(plan, FileOp.class).getFirst();
    assertThat(first.actions()).extracting(FileAction::input).containsExactly(-1, 1);
    assertThat(first.actions()).extracting(FileAction::output).containsExactly(-1, 0);
  }

  @Test
  void copiesKnowDestinationsOwnersAndModes() throws IOException {
    BuildPlan plan =
        plan(
            "FROM busybox\nWORKDIR /w\nARG U=5\nCOPY --chown=$U:grp --chmod=04755 a/../b ./\n"
                + "COPY --chmod=u=rwX x sub/.\nADD --unpack=false y .\nCOPY z ../../up\n");
    List<FileAction.Copy> copies =
        ops(plan, FileOp.class).stream()
            .flatMap(op -> op.actions().stream())
            .map(FileAction::change)
            .filter(FileAction.Copy.class::isInstance)
            .map(FileAction.Copy.class::cast)
            .toList();
    assertThat(copies)
        .extracting(FileAction.Copy::dest)
        .containsExactly("/w/", "/w/sub/.", "/w/", "/up");
    assertThat(copies.getFirst().src()).isEqualTo("/b");
    assertThat(copies.getFirst().mode()).isEqualTo(04755);
    assertThat(copies.getFirst().owner())
        .contains(
            new FileAction.Owner(
                Optional.of(new FileAction.ById(5)), Optional.of(new FileAction.ByName("grp", 0))));
    assertThat(copies.get(1).modeText()).isEqualTo("u=rwX");
    assertThat(copies.get(2).options().attemptUnpack()).isFalse();
  }

  @Test
  void parentsKeepThePathBehindThePivot() throws IOException {
    BuildPlan plan = plan("FROM scratch\nCOPY --parents a/./b/c x/**/*.go /d/\n");
    List<FileAction> actions = ops(plan, FileOp.class).getFirst().actions();
    assertThat(actions)
        .extracting(a -> ((FileAction.Copy) a.change()).src())
        .containsExactly("/a", "/");
    assertThat(actions)
        .extracting(a -> ((FileAction.Copy) a.change()).includePatterns())
        .containsExactly(List.of("b/c"), List.of("x/**/*.go"));
    assertThat(actions)
        .extracting(a -> ((FileAction.Copy) a.change()).requiredPaths())
        .containsExactly(List.of("/a/b/c"), List.of());
  }

  @Test
  void theContextIsLimitedToWhatIsUsed() throws IOException {
    TestSources sources =
        TestSources.of("FROM scratch\nCOPY b/ a* ./c /x/\n").context(".dockerignore", "n\n!n/y\n");
    SourceOp context = ops(plan(sources, Map.of()), SourceOp.class).getFirst();
    assertThat(context.attrs())
        .containsOnly(
            Map.entry("local.followpaths", "[\"a*\",\"b\",\"c\"]"),
            Map.entry("local.excludepatterns", "[\"n\",\"!n/y\"]"),
            Map.entry("local.sharedkeyhint", "context"));
    assertThat(ops(plan("FROM scratch\nCOPY . a /x/\n"), SourceOp.class).getFirst().attrs())
        .containsOnlyKeys("local.sharedkeyhint");
  }

  @Test
  void theIgnoreFileBesideTheDockerfileWins() throws IOException {
    TestSources sources =
        new TestSources()
            .definition("sub/app.Dockerfile", "FROM scratch\nCOPY a /\n")
            .definition("sub/app.Dockerfile.dockerignore", "own\n")
            .context(".dockerignore", "common\n");
    SourceOp context =
        ops(plan(sources, Map.of("filename", "sub/app.Dockerfile")), SourceOp.class).getFirst();
    assertThat(context.attrs()).containsEntry("local.excludepatterns", "[\"own\"]");
  }

  @Test
  void aLowerCaseDockerfileIsReadIfThereIsNoOther() throws IOException {
    TestSources sources = new TestSources().definition("dockerfile", "FROM scratch\n").busybox();
    assertThat(plan(sources, Map.of()).graph().vertices()).isEmpty();
  }

  @Test
  void scriptsOfHeredocsAreMounted() throws IOException {
    BuildPlan plan = plan("FROM busybox\nRUN <<-S\n\t#!/bin/cat\n\thi\n\tS\n");
    ExecOp run = lastRun(plan);
    assertThat(run.meta().args()).containsExactly("/bin/sh", "-c", "/dev/pipes/S");
    assertThat(run.mounts().get(1)).isEqualTo(ExecMount.bind(1, "/", "/dev/pipes/", Op.NONE, true));
    FileAction.MkFile file =
        (FileAction.MkFile) ops(plan, FileOp.class).getFirst().actions().getFirst().change();
    assertThat(new String(file.data(), StandardCharsets.UTF_8)).isEqualTo("#!/bin/cat\nhi\n");
    assertThat(file.mode()).isEqualTo(0755);
  }

  @Test
  void heredocBodiesExpandUnlessTheWordIsQuoted() throws IOException {
    BuildPlan plan = plan("FROM busybox\nENV A=1\nCOPY <<a <<'b' /\n\"$A\" \\$A\na\n$A\nb\n");
    assertThat(
            ops(plan, FileOp.class).stream()
                .map(op -> op.actions().getFirst().change())
                .filter(FileAction.MkFile.class::isInstance)
                .map(c -> new String(((FileAction.MkFile) c).data(), StandardCharsets.UTF_8)))
        .containsExactlyInAnyOrder("\"1\" $A\n", "$A\n");
  }

  @Test
  void mountsOfEveryKindAreThere() throws IOException {
    TestSources sources =
        TestSources.of(
            "FROM busybox AS s\nFROM busybox\nWORKDIR /w\nRUN --mount=type=cache,target=c,uid=7,mode=0700"
                + " --mount=type=cache,id=i,target=/d,from=s,source=/x,ro"
                + " --mount=type=bind,rw,target=/b"
                + " --mount=type=secret,id=a/k"
                + " --mount=type=secret,target=/f/g,uid=3,env=V"
                + " true\n");
    BuildPlan plan =
        plan(sources, Map.of("build-arg:BUILDKIT_CACHE_MOUNT_NS", "ns", "shm-size", "1024"));
    ExecOp run = lastRun(plan);
    assertThat(run.mounts())
        .containsExactly(
            ExecMount.bind(0, "", "/", 0, false),
            ExecMount.bind(1, "", "/b", Op.NONE, false),
            new ExecMount(
                2,
                "/x",
                "/d",
                Op.NONE,
                true,
                new ExecMount.Cache("ns/i", ExecMount.Sharing.SHARED),
                ExecMount.ContentCache.DEFAULT),
            ExecMount.of(new ExecMount.Tmpfs(1024), "/dev/shm"),
            new ExecMount(
                3,
                "/cache",
                "/w/c",
                Op.NONE,
                false,
                new ExecMount.Cache("ns/c", ExecMount.Sharing.SHARED),
                ExecMount.ContentCache.DEFAULT),
            ExecMount.of(new ExecMount.Secret("a/k", 0, 0, 0400, true), "/run/secrets/k"),
            ExecMount.of(new ExecMount.Secret("g", 3, 0, 0400, true), "/f/g"));
    assertThat(run.secretEnv()).containsExactly(new ExecOp.SecretEnv("g", "V", true));
  }

  @Test
  void optionsReachTheProcess() throws IOException {
    BuildPlan plan =
        plan(
            TestSources.of(
                "FROM busybox\nUSER me\nRUN a\nRUN --network=none --security=insecure b\n"),
            Map.ofEntries(
                Map.entry("add-hosts", "Db=10.0.0.1,v6=2001:DB8:0:0:0:0:0:1"),
                Map.entry("ulimit", "nofile=10:20,core=-1"),
                Map.entry("force-network-mode", "host"),
                Map.entry("hostname", "h"),
                Map.entry("cgroup-parent", "/cg"),
                Map.entry("memory", "1000"),
                Map.entry("build-arg:HTTP_PROXY", "p"),
                Map.entry("no-cache", ""),
                Map.entry("label:x", "y"),
                Map.entry("image-resolve-mode", "pull")));
    ExecMeta meta = lastRun(plan).meta();
    assertThat(meta.extraHosts())
        .containsExactly(
            new ExecMeta.HostIp("db", "10.0.0.1"), new ExecMeta.HostIp("v6", "2001:db8::1"));
    assertThat(meta.ulimits())
        .containsExactly(
            new ExecMeta.Ulimit("nofile", 10, 20), new ExecMeta.Ulimit("core", -1, -1));
    assertThat(meta.hostname()).isEqualTo("h");
    assertThat(meta.cgroupParent()).isEqualTo("/cg");
    assertThat(meta.user()).isEqualTo("me");
    assertThat(meta.proxy()).contains(new ExecMeta.ProxyEnv("p", "", "", "", ""));
    assertThat(meta.env()).doesNotContain("HTTP_PROXY=p");
    assertThat(ops(plan, ExecOp.class))
        .extracting(ExecOp::network)
        .containsExactly(ExecOp.NetworkMode.HOST, ExecOp.NetworkMode.NONE);
    assertThat(lastRun(plan).security()).isEqualTo(ExecOp.SecurityMode.INSECURE);
    Vertex last = plan.graph().vertices().getLast();
    assertThat(last.meta().ignoreCache()).isTrue();
    assertThat(last.meta().resources()).contains(new LinuxResources(1000, 0, 0, 0, 0, "", ""));
    assertThat(plan.config().config().labels()).containsEntry("x", "y");
    assertThat(ops(plan, SourceOp.class).getFirst().attrs())
        .containsEntry("image.resolvemode", "pull");
  }

  @Test
  void noCacheMayNameStages() throws IOException {
    BuildPlan plan =
        plan(
            TestSources.of("FROM busybox AS a\nRUN x\nFROM a AS b\nRUN y\n"),
            Map.of("no-cache", "A"));
    assertThat(plan.graph().vertices())
        .filteredOn(v -> v.meta().ignoreCache())
        .extracting(v -> v.meta().customName())
        .containsExactly("[a 2/2] RUN x");
  }

  @Test
  void anEpochDatesHistoryAndDirectories() throws IOException {
    BuildPlan plan =
        plan(
            TestSources.of("FROM busybox\nWORKDIR /w\nRUN x\n"),
            Map.of("build-arg:SOURCE_DATE_EPOCH", "1700000000"));
    assertThat(plan.epoch()).contains(Instant.ofEpochSecond(1_700_000_000));
    assertThat(plan.config().history().getLast().created())
        .contains(Instant.ofEpochSecond(1_700_000_000));
    FileAction.MkDir dir =
        (FileAction.MkDir) ops(plan, FileOp.class).getFirst().actions().getFirst().change();
    assertThat(dir.timestamp()).isEqualTo(1_700_000_000_000_000_000L);
  }

  @Test
  void workdirBelongsToTheUserAndRootNeedsNoLayer() throws IOException {
    BuildPlan plan = plan("FROM busybox\nUSER 5:6\nWORKDIR /\nWORKDIR a\nWORKDIR ../b\n");
    assertThat(ops(plan, FileOp.class)).hasSize(2);
    assertThat(plan.config().config().workingDir()).isEqualTo("/b");
    assertThat(plan.config().history())
        .extracting(History::createdBy)
        .containsSubsequence("WORKDIR /", "WORKDIR /a", "WORKDIR /b");
    assertThat(names(plan)).contains("[2/4] WORKDIR a", "[3/4] WORKDIR ../b");
  }

  @Test
  void entrypointResetsAnInheritedCommand() throws IOException {
    assertThat(plan("FROM busybox\nENTRYPOINT [\"x\"]\n").config().config().cmd()).isEmpty();
    assertThat(plan("FROM busybox\nCMD a\nENTRYPOINT [\"x\"]\n").config().config().cmd())
        .containsExactly("/bin/sh", "-c", "a");
    assertThat(plan("FROM busybox\nENTRYPOINT []\n").config().config().entrypoint()).isEmpty();
  }

  @Test
  void portsSplitAfterExpansion() throws IOException {
    BuildPlan plan =
        plan(
            "FROM busybox\nENV P=\"8001 8000-8001/UDP\"\nEXPOSE $P 127.0.0.1:80:81 [::1]:1:2/sctp\n");
    assertThat(plan.config().config().exposedPorts())
        .containsExactlyInAnyOrder("8001/tcp", "8000/udp", "8001/udp", "81/tcp", "2/sctp");
  }

  @Test
  void checksCanBeSilenced() throws IOException {
    String body = "FROM busybox\nMAINTAINER me\nENV a b\nCMD x\n";
    assertThat(plan(body).warnings())
        .extracting(Warning::toString)
        .containsExactly(
            "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 2)",
            "LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format (line 3)",
            "JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals (line 4)");
    assertThat(plan("# check=skip=all\n" + body).warnings()).isEmpty();
    assertThat(plan("# check=skip=MaintainerDeprecated,JSONArgsRecommended\n" + body).warnings())
        .hasSize(1);
    assertThat(plan(body.replace("ENV", "# check=skip=LegacyKeyValueFormat\nENV")).warnings())
        .hasSize(2);
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> plan("# check=error=true\n" + body))
        .withMessage(
            "lint violation found for rules: JSONArgsRecommended, LegacyKeyValueFormat, MaintainerDeprecated");
  }

  @Test
  void theUsualFrontendsAreThisOne() throws IOException {
    assertThat(plan("# syntax=docker/dockerfile:1.7-labs\nFROM scratch\n").graph().vertices())
        .isEmpty();
  }

  @Test
  void argumentsSayWhatElseIsScanned() throws IOException {
    String file =
        "ARG BUILDKIT_SBOM_SCAN_CONTEXT\n"
            + "FROM busybox AS one\nARG BUILDKIT_SBOM_SCAN_STAGE\nRUN a\n"
            + "FROM one AS two\nARG BUILDKIT_SBOM_SCAN_STAGE=false\nRUN b\n"
            + "FROM busybox AS unused\nARG BUILDKIT_SBOM_SCAN_STAGE=true\n"
            + "FROM two\nARG BUILDKIT_SBOM_SCAN_STAGE=true\nCOPY f /\n";

    BuildPlan plain = plan(file);
    BuildPlan one =
        plan(TestSources.of(file), Map.of("build-arg:BUILDKIT_SBOM_SCAN_STAGE", "one,unused"));
    BuildPlan all =
        plan(
            TestSources.of(file),
            Map.of(
                "build-arg:BUILDKIT_SBOM_SCAN_STAGE",
                "1",
                "build-arg:BUILDKIT_SBOM_SCAN_CONTEXT",
                "true",
                "no-cache",
                "two"));

    assertThat(plain.scanned()).isEmpty();
    assertThat(one.scanned()).containsOnlyKeys("one");
    assertThat(one.ignoreCache()).isFalse();
    assertThat(all.scanned()).containsOnlyKeys("context", "one", "two");
    assertThat(all.ignoreCache()).isTrue();
    assertThat(lastRun(all).meta().env()).noneMatch(env -> env.contains("SBOM"));
  }
}
