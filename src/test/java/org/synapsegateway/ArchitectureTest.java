package org.synapsegateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house: which package may know which, and what nobody may do. */
@AnalyzeClasses(packages = "org.synapsegateway", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "org.synapsegateway";

  /** From top to bottom; a package may use those below it. */
  private static final List<String> LAYERS =
      List.of(
          "",
          ".demo",
          ".fleet",
          ".server",
          ".observe",
          ".routing",
          ".loadbalance",
          ".identity",
          ".worker",
          ".exchange",
          ".http",
          ".net",
          ".settings");

  @Test
  void thePageHasTheLayersInTheirOrder() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("docs/architecture.md")).stream()
            .dropWhile(line -> !line.startsWith("| package "))
            .skip(2)
            .takeWhile(line -> line.startsWith("| "))
            .map(line -> line.replaceFirst("\\| (?:root|`(\\w+)`) .*", ".$1"))
            .toList();
    assertThat(rows)
        .isEqualTo(LAYERS.stream().map(layer -> layer.isEmpty() ? "." : layer).toList());
  }

  @ArchTest
  static final ArchRule everyClassIsInALayer =
      classes().should().resideInAnyPackage(packages(LAYERS.toArray(String[]::new)));

  @ArchTest
  static final ArchRule dependenciesPointDownwards = classes().should(dependDownwardsOnly());

  @ArchTest
  static final ArchRule whatIsBelowTheComponentsKnowsNoCamel =
      noClasses()
          .that()
          .resideInAnyPackage(packages(".identity", ".http", ".net", ".settings"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.camel..");

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
          .resideOutsideOfPackages(packages("", ".demo"))
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  private static ArchCondition<JavaClass> dependDownwardsOnly() {
    return new ArchCondition<>("depend on their own layer and those below only") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass();
          if (isOurs(target) && layer(target) < layer(type)) {
            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith(ROOT);
  }

  private static int layer(JavaClass type) {
    return LAYERS.indexOf(type.getPackageName().substring(ROOT.length()));
  }

  private static String[] packages(String... layers) {
    return Stream.of(layers).map(layer -> ROOT + layer).toArray(String[]::new);
  }
}
