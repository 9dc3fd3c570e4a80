package dev.obdbuild.testkit;

import java.io.File;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Evaluates the {@code @Needs...} annotations: skips, or throws where everything is required. */
final class Capabilities implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    List<String> missing = context.getElement().map(Capabilities::missing).orElse(List.of());
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("everything it needs is here");
    }
    String reason = String.join("; ", missing);
    if ("all".equals(System.getenv("OBD_REQUIRE"))) {
      throw new IllegalStateException("OBD_REQUIRE=all, but " + reason);
    }
    return ConditionEvaluationResult.disabled(reason);
  }

  static List<String> missing(AnnotatedElement element) {
    List<String> missing = new ArrayList<>();
    if (has(element, NeedsRoot.class) && !isRoot()) {
      missing.add("it needs root");
    }
    if (has(element, NeedsDevice.class)) {
      if (!isRoot()) {
        missing.add("it needs root to make devices");
      }
      if (!Files.exists(Path.of("/dev/fuse"))) {
        missing.add("it needs /dev/fuse");
      }
      if (!Files.exists(Path.of("/dev/loop-control"))) {
        missing.add("it needs /dev/loop-control");
      }
    }
    if (has(element, NeedsShared.class) && Shared.folder().isEmpty()) {
      missing.add("it needs the shared fixtures (-Dobd.shared=FOLDER)");
    }
    if (has(element, NeedsBases.class) && System.getenv(NeedsBases.REGISTRY) == null) {
      missing.add("it needs a registry with base images (" + NeedsBases.REGISTRY + ")");
    }
    tools(element)
        .filter(tool -> program(tool).isEmpty())
        .forEach(tool -> missing.add("it needs the program " + tool));
    return missing;
  }

  private static boolean has(AnnotatedElement element, Class<? extends Annotation> need) {
    return AnnotationSupport.isAnnotated(element, need);
  }

  private static Stream<String> tools(AnnotatedElement element) {
    Optional<NeedsTool> needs = AnnotationSupport.findAnnotation(element, NeedsTool.class);
    return needs.stream().flatMap(tool -> List.of(tool.value()).stream());
  }

  private static boolean isRoot() {
    try {
      return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Where a program lies that {@link NeedsTool} asks for. */
  static Optional<Path> program(String tool) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin:/sbin";
    return Stream.of(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
