// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house: which package may know which, and what nobody may do. */
@AnalyzeClasses(packages = "org.synapsegateway", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "org.synapsegateway";

  private static final List<String> PAGE = page();

  /**
   * The packages of the page's picture, from top to bottom; those of one row know not each other.
   */
  private static final List<Set<String>> LAYERS =
      PAGE.stream()
          .filter(line -> line.startsWith("│"))
          .map(line -> line.substring(1, line.lastIndexOf('│')).strip())
          .map(row -> Set.of(row.split("\\s{2,}")))
          .toList();

  @Test
  void thePageTellsWhatEachPackageHolds() {
    List<String> rows =
        PAGE.stream()
            .dropWhile(line -> !line.startsWith("| package "))
            .skip(2)
            .takeWhile(line -> line.startsWith("| "))
            .map(line -> line.replaceFirst("\\| `?([\\w.]+)`? .*", "$1"))
            .toList();
    assertThat(rows)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(LAYERS.stream().flatMap(Set::stream).toList());
  }

  @Test
  void thePageLeadsToFilesThatAreThere() {
    List<Path> files =
        PAGE.stream()
            .dropWhile(line -> !line.equals("## Where to find"))
            .takeWhile(line -> !line.equals("## The repository"))
            .filter(line -> line.startsWith("| "))
            .flatMap(line -> Arrays.stream(line.split("`")).filter(word -> word.endsWith(".java")))
            .map(Path.of("src/main/java/org/synapsegateway")::resolve)
            .toList();
    assertThat(files).isNotEmpty().allSatisfy(file -> assertThat(file).isRegularFile());
  }

  @ArchTest
  static final ArchRule everyClassIsInALayer =
      classes().should(be("in a package of the picture", type -> layer(type) >= 0));

  @ArchTest
  static final ArchRule dependenciesPointDownwards = classes().should(dependDownwardsOnly());

  @ArchTest
  static final ArchRule noCycleBetweenPackages =
      slices().matching("org.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noCycleBetweenClassesOfTheProcess =
      slices()
          .assignedFrom(classesOf(".cli", ".demo", ".explain", ".process", ".config"))
          .should()
          .beFreeOfCycles();

  @ArchTest
  static final ArchRule theRootIsOneClass =
      classes()
          .that()
          .resideInAPackage(ROOT)
          .and()
          .areTopLevelClasses()
          .should()
          .be(Gateway.class)
          .orShould()
          .haveSimpleName("package-info");

  @ArchTest
  static final ArchRule whatIsBelowTheComponentsKnowsNoCamel =
      noClasses()
          .that()
          .resideInAnyPackage(
              packages(".whoami", ".request", ".identity", ".http", ".net", ".settings"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.camel..");

  @ArchTest
  static final ArchRule httpKnowsNothingButTheNet =
      classes()
          .that()
          .resideInAPackage(ROOT + ".http")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "org.jspecify..", "io.netty..", ROOT + ".http", ROOT + ".net");

  @Test
  void httpSpeaksNeitherOfCamelNorOfMatrix() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/java/org/synapsegateway/http"))) {
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(Files.readString(file))
                      .doesNotContainPattern("\"(camel|org.apache.camel|/?_matrix|/?_synapse|M_)"));
    }
  }

  @ArchTest
  static final ArchRule patternsKnowNothingButHeadsOfRequests =
      classes()
          .that()
          .resideInAPackage(ROOT + ".routing.pattern")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "org.jspecify..", ROOT + ".routing.pattern", ROOT + ".http");

  @ArchTest
  static final ArchRule identityAndSettingsAreNoBusinessOfNetty =
      noClasses()
          .that()
          .resideInAnyPackage(packages(".identity", ".settings"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");

  @ArchTest
  static final ArchRule theRingIsPlainJava =
      noClasses()
          .that()
          .haveSimpleName("HashRing")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.camel..", "io.netty..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses().should().callMethod(Thread.class, "sleep", long.class);

  @ArchTest
  static final ArchRule onlyCommandsPrint =
      noClasses()
          .that()
          .resideOutsideOfPackages(packages("", ".cli", ".demo", ".explain", ".process"))
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  private static List<String> page() {
    try {
      return Files.readAllLines(Path.of("docs/architecture.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ArchCondition<JavaClass> be(String what, Predicate<JavaClass> condition) {
    return new ArchCondition<>("be " + what) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!condition.test(type)) {
          events.add(SimpleConditionEvent.violated(type, type.getName() + " is not " + what));
        }
      }
    };
  }

  private static ArchCondition<JavaClass> dependDownwardsOnly() {
    return new ArchCondition<>("depend on their own package and those below only") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass();
          boolean own = target.getPackageName().equals(type.getPackageName());
          if (isOurs(target) && !own && layer(target) <= layer(type)) {
            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
          }
        }
      }
    };
  }

  /** Each class of these packages, with those inside it. */
  private static SliceAssignment classesOf(String... packages) {
    Set<String> names = Set.of(packages(packages));
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return names.contains(type.getPackageName())
            ? SliceIdentifier.of(type.getName().replaceFirst("\\$.*", ""))
            : SliceIdentifier.ignore();
      }

      @Override
      public String getDescription() {
        return "each class of " + names;
      }
    };
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith(ROOT);
  }

  /** The row of the picture that has the class's package, from the top; -1 if none has it. */
  private static int layer(JavaClass type) {
    String name = type.getPackageName().substring(ROOT.length()).replaceFirst("^\\.", "");
    for (int row = 0; row < LAYERS.size(); row++) {
      if (LAYERS.get(row).contains(name.isEmpty() ? "root" : name)) {
        return row;
      }
    }
    return -1;
  }

  private static String[] packages(String... layers) {
    return Stream.of(layers).map(layer -> ROOT + layer).toArray(String[]::new);
  }
}
