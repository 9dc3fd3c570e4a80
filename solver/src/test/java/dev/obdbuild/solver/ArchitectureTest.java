package dev.obdbuild.solver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.obdbuild.solver",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule KNOWS_THE_GRAPH_AND_NOTHING_ELSE =
      classes()
          .that()
          .resideInAPackage("dev.obdbuild.solver..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.sqlite..",
              "org.jspecify..",
              "dev.obdbuild.solver..",
              "dev.obdbuild.llb",
              "dev.obdbuild.oci.image");

  @ArchTest
  static final ArchRule HAS_NO_CYCLES =
      slices().matching("dev.obdbuild.solver.(*)..").should().beFreeOfCycles();
}
