// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.explain.DryRunResult;
import org.synapsegateway.explain.Explainer;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.importer.nginx.Evaluator;
import org.synapsegateway.importer.nginx.Judge;
import org.synapsegateway.importer.nginx.Question;
import org.synapsegateway.importer.nginx.Server;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.net.AddressSet;

/** Sites of the kinds that people run, and what an import must make of each. */
class SitesTest {
  private static final List<String> LABELS =
      List.of("to do", "to know", "report", "error", "asked");

  private static final Path NGINX = Path.of("/usr/sbin/nginx");

  @TempDir Path directory;

  static Stream<SiteFile> sites() throws IOException {
    return SiteFile.all();
  }

  static Stream<SiteFile> goodSites() throws IOException {
    return sites().filter(site -> site.exitStatus() != 1);
  }

  @ParameterizedTest
  @MethodSource("goodSites")
  void workersServeWhatTheyShould(SiteFile site) throws IOException {
    Import made = made(site);
    assertThat(joined(made.workers())).isEqualTo(expectedGroups(site));
  }

  private static Map<String, String> joined(Map<String, List<String>> workers) {
    Map<String, String> joined = new LinkedHashMap<>();
    workers.forEach((group, names) -> joined.put(group, String.join(" ", names)));
    return joined;
  }

  private static Map<String, String> expectedGroups(SiteFile site) {
    Map<String, String> groups = new LinkedHashMap<>();
    for (String line : site.expected()) {
      String label = line.replaceFirst(":? .*", "");
      if (RouteGroup.of(label).isPresent()) {
        groups.put(label, line.substring(label.length() + 2));
      }
    }
    return groups;
  }

  @ParameterizedTest
  @MethodSource("goodSites")
  void whatIsToDoIsToldWithItsPlaceAndNothingElse(SiteFile site) throws IOException {
    Import made = made(site);
    List<String> toDo = texts(made, true);
    List<String> expected = site.expected("to do");
    assertThat(toDo).hasSameSizeAs(expected);
    for (String line : expected) {
      assertThat(toDo).anyMatch(told -> isExpected(told, line));
    }
    for (String line : site.expected("to know")) {
      assertThat(texts(made, false)).anyMatch(told -> isExpected(told, line));
    }
    assertThat(made.isClean() ? 0 : 3).isEqualTo(site.exitStatus());
  }

  /** Whether a finding begins as a line of {@code [CODE] PLACE: TEXT} says, and has its code. */
  private static boolean isExpected(String told, String line) {
    String code = line.replaceFirst(" .*", "");
    assertThat(code).matches("\\[[a-z0-9-]+]");
    return told.startsWith(line.substring(code.length() + 1)) && told.endsWith(" " + code);
  }

  private List<String> texts(Import made, boolean wanting) {
    return made.findings().stream()
        .filter(finding -> finding.wanting() == wanting)
        .map(Finding::toString)
        .map(text -> text.replace(directory + "/", ""))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("goodSites")
  void theFilesHaveTheLinesThatMatter(SiteFile site) throws IOException {
    Import made = made(site);
    for (String line : site.expected("report")) {
      assertThat(text(made, ImportReport.FILE)).contains(line);
    }
    for (String line : site.expected()) {
      String path = line.replaceFirst(": .*", "");
      if (made.files().containsKey(path)) {
        assertThat(text(made, path)).contains(line.substring(path.length() + 2));
      }
    }
  }

  private String text(Import made, String path) {
    return made.files().get(path).replace(directory + "/", "");
  }

  /** What is expected is looked at by one of the tests above. */
  @ParameterizedTest
  @MethodSource("sites")
  void noLineIsExpectedInVain(SiteFile site) {
    for (String line : site.expected().subList(1, site.expected().size())) {
      String label = line.replaceFirst(": .*", "");
      assertThat(
              LABELS.contains(label)
                  || RouteGroup.of(label).isPresent()
                  || label.equals(SettingsText.PATH)
                  || Shipped.routes().stream().map(Shipped::path).anyMatch(label::equals))
          .as(line)
          .isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("goodSites")
  void theGatewayStartsWithTheFiles(SiteFile site) throws Exception {
    try (DryRun dryRun = started(made(site))) {
      assertThat(dryRun.context().getRoutes()).hasSizeGreaterThan(30);
      for (SiteFile.Witness each : site.witnesses()) {
        RequestHead head = Explainer.head(each.method(), each.target(), List.of("Host: hs"));
        assertThat(dryRun.send(head, AddressSet.numeric("198.51.100.7")).group())
            .as(each.toString())
            .isEqualTo(each.group());
      }
    }
  }

  private DryRun started(Import made) throws IOException {
    Path out = directory.resolve("out");
    new Target(out).write(made.files());
    Map<String, String> properties = new LinkedHashMap<>();
    Files.readAllLines(out.resolve(SettingsText.PATH)).stream()
        .filter(line -> line.startsWith("gateway."))
        .forEach(
            line -> properties.put(line.replaceFirst("=.*", ""), line.replaceFirst(".*?=", "")));
    properties.put("camel.main.routesIncludePattern", "file:" + out + "/routes/*.camel.yaml");
    return DryRun.start(properties);
  }

  /** Public sites that import was made after, by the two or three letters before their names. */
  @Test
  void eachSiteOfTheFieldIsAskedTwentyRequests() throws IOException {
    Set<String> asked = new TreeSet<>();
    sites()
        .filter(site -> site.witnesses().size() >= 20)
        .forEach(site -> asked.add(site.name().replaceFirst("-.*", "")));
    assertThat(asked)
        .contains("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13")
        .contains("14", "c01", "c02", "c03", "c04", "c05", "c06", "c07", "c08", "c09", "c10")
        .contains("c11", "c12", "c13");
  }

  static Stream<SiteFile> sitesWithNginx() throws IOException {
    return sites()
        .filter(site -> site.files().containsKey("nginx.conf") && !site.witnesses().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("sitesWithNginx")
  void nginxDecidesTheWitnessesAsTheFileSays(SiteFile site) throws IOException {
    site.writeTo(directory);
    org.synapsegateway.importer.nginx.Site nginx =
        org.synapsegateway.importer.nginx.Site.read(directory.resolve("nginx.conf"));
    Server server = nginx.servers().stream().filter(it -> it.sends("proxy_pass")).findFirst().get();
    Evaluator evaluator = new Evaluator(nginx);
    boolean judged = Files.isExecutable(NGINX);
    try (Judge judge = judged ? Judge.start(NGINX, nginx) : null) {
      for (SiteFile.Witness each : site.witnesses()) {
        Question question =
            new Question(
                server.listen(),
                server.host(),
                each.method(),
                each.target(),
                List.of(),
                "198.51.100.7");
        org.synapsegateway.importer.nginx.Decision decision = evaluator.decide(question);
        assertThat(decision.outcome()).as(each.toString()).isEqualTo(each.proxy());
        if (judged) {
          assertThat(Judge.disagreement(decision, judge.ask(question)))
              .as(each.toString())
              .isNull();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sitesWithNginx")
  void faithfulRoutesSendTheWitnessesWhereNginxDoes(SiteFile site) throws Exception {
    List<Path> paths = site.writeTo(directory);
    Import made = Import.of(paths, directory, site.proxy(directory, true), false);
    boolean toldOfQuery = made.findings().toString().contains("sees of the query");
    org.synapsegateway.importer.nginx.Site nginx =
        org.synapsegateway.importer.nginx.Site.read(directory.resolve("nginx.conf"));
    int compared = 0;
    try (DryRun dryRun = started(made)) {
      for (SiteFile.Witness each : site.witnesses()) {
        RequestHead head = Explainer.head(each.method(), each.target(), List.of("Host: hs"));
        DryRunResult result = dryRun.send(head, AddressSet.numeric("198.51.100.7"));
        List<String> servers = servers(nginx, each.proxy());
        boolean isFederation = each.target().matches("/_matrix/(federation|key)/.*");
        boolean isPlain =
            !(isFederation && nginx.servers().size() > 1) // it counts as another server has it
                && !each.target().contains("%")
                && !(toldOfQuery && each.target().contains("?"));
        // what is no process of Synapse stays in nginx
        if (isPlain && !result.attempts().isEmpty() && made.knows(servers)) {
          String route = result.attempts().get(0).route().getRouteId();
          assertThat(
                  result.attempts().stream()
                      .filter(attempt -> attempt.route().getRouteId().equals(route))
                      .map(attempt -> attempt.server().replaceFirst("^tcp:", "")))
              .as(each.toString())
              .containsExactlyInAnyOrderElementsOf(servers);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(5);
  }

  private static List<String> servers(org.synapsegateway.importer.nginx.Site nginx, String name) {
    org.synapsegateway.importer.nginx.Target target = nginx.upstreams().get(name);
    return target == null
        ? List.of(name)
        : target.servers().stream()
            .filter(peer -> !peer.isSpare())
            .map(org.synapsegateway.importer.nginx.Target.Peer::name)
            .toList();
  }

  @ParameterizedTest
  @MethodSource("sites")
  void noSecretIsTold(SiteFile site) throws IOException {
    if (site.exitStatus() != 1) {
      Import made = made(site);
      assertThat(made.files().toString() + made.findings()).doesNotContain("not-to-be-told");
    }
  }

  @ParameterizedTest
  @MethodSource("badSites")
  void whatIsWrongIsToldInOneLine(SiteFile site) {
    assertThatThrownBy(() -> made(site))
        .isInstanceOf(ConfigurationException.class)
        .satisfies(
            e ->
                assertThat(e.getMessage().replace(directory + "/", ""))
                    .startsWith(site.expected("error").get(0))
                    .hasLineCount(1));
  }

  static Stream<SiteFile> badSites() throws IOException {
    return sites().filter(site -> site.exitStatus() == 1);
  }

  private Import made(SiteFile site) throws IOException {
    List<Path> paths = site.writeTo(directory);
    return Import.of(paths, directory, site.proxy(directory, false), false);
  }
}
