package dev.obdbuild.testkit.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The walls that {@code architecture.md} names and Maven cannot build. Each module has one test
 * that calls {@link #check} with its own root package and those of ours that it may use.
 */
public final class Walls {
  private static final String OURS = "dev.obdbuild";

  private Walls() {}

  /**
   * Checks the classes in {@code target/classes} of the module that runs.
   *
   * @param root the module's root package, for example {@code dev.obdbuild.oci}
   * @param mayUse root packages of ours that it may depend on besides itself
   * @throws AssertionError naming every place where a wall is broken
   */
  public static void check(String root, String... mayUse) {
    Path classes = Path.of("target", "classes");
    if (!Files.isDirectory(classes)) {
      throw new AssertionError(
          classes.toAbsolutePath() + " does not exist: there is nothing to check");
    }
    JavaClasses imported = new ClassFileImporter().importPath(classes);
    if (imported.stream().noneMatch(type -> in(type, root))) {
      throw new AssertionError("no class of " + root + " in " + classes.toAbsolutePath());
    }
    rules(root, mayUse).values().forEach(rule -> rule.check(imported));
  }

  /** The rules by name. */
  static Map<String, ArchRule> rules(String root, String... mayUse) {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put("cycles", noCycles(root));
    rules.put("modules", onlyAllowedModules(root, List.of(mayUse)));
    rules.put("system calls", onlyLinuxMakesSystemCalls());
    rules.put("grpc", onlyBuilderSeesGrpc());
    rules.put("exit", onlyCliExits());
    return rules;
  }

  private static ArchRule noCycles(String root) {
    SliceAssignment byPackage =
        new SliceAssignment() {
          @Override
          public SliceIdentifier getIdentifierOf(JavaClass type) {
            return in(type, root)
                ? SliceIdentifier.of(type.getPackageName())
                : SliceIdentifier.ignore();
          }

          @Override
          public String getDescription() {
            return "packages of " + root;
          }
        };
    return SlicesRuleDefinition.slices()
        .assignedFrom(byPackage)
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true);
  }

  private static ArchRule onlyAllowedModules(String root, List<String> mayUse) {
    return noClasses()
        .that(describe("belong to " + root, type -> in(type, root)))
        .should()
        .dependOnClassesThat(
            describe(
                "belong to a module of ours that is none of " + mayUse,
                type ->
                    in(type, OURS)
                        && !in(type, root)
                        && mayUse.stream().noneMatch(other -> in(type, other))))
        .allowEmptyShould(true);
  }

  private static ArchRule onlyLinuxMakesSystemCalls() {
    return noClasses()
        .that(
            describe(
                "are neither in linux nor codec bindings",
                type -> !in(type, OURS + ".linux") && !in(type, OURS + ".overlaybd")))
        .should()
        .dependOnClassesThat(
            describe(
                "call native code",
                type ->
                    in(type, "jnr")
                        || in(type, "com.kenai.jffi")
                        || type.getName().equals("java.lang.foreign.Linker")
                        || type.getName().equals("java.lang.foreign.SymbolLookup")))
        .allowEmptyShould(true);
  }

  private static ArchRule onlyBuilderSeesGrpc() {
    return noClasses()
        .that(
            describe(
                "are neither in builder nor generated from the protos",
                type ->
                    in(type, OURS) && !in(type, OURS + ".builder") && !in(type, OURS + ".protos")))
        .should()
        .dependOnClassesThat(describe("belong to gRPC", type -> in(type, "io.grpc")))
        .allowEmptyShould(true);
  }

  private static ArchRule onlyCliExits() {
    return noClasses()
        .that(describe("are not in builder.cli", type -> !in(type, OURS + ".builder.cli")))
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .allowEmptyShould(true);
  }

  private static boolean in(JavaClass type, String root) {
    return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
  }

  private static DescribedPredicate<JavaClass> describe(
      String text, Predicate<JavaClass> predicate) {
    return DescribedPredicate.describe(text, predicate);
  }
}
