// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.synapsegateway.importer.Assignment.Member;
import org.synapsegateway.importer.synapse.Finding;
import org.synapsegateway.importer.synapse.SynapseProcess;

/** What an import has read, decided and found, as a page that takes two minutes to read. */
final class ImportReport {
  static final String FILE = "import-report.md";

  private final Import made;
  private final StringBuilder page = new StringBuilder();

  ImportReport(Import made) {
    this.made = made;
    summary();
    groups();
    findings("To do", true);
    sockets();
    findings("To know", false);
    later();
    next();
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  private void summary() {
    long todo = made.findings().stream().filter(Finding::wanting).count();
    line("# Import");
    line("");
    line(
        "Read: %d files of Synapse, the main process and %d workers; to do: %s."
            .formatted(
                made.site().files().size(),
                made.site().workers().size(),
                todo == 0 ? "nothing" : Long.toString(todo)));
    line("");
  }

  private void groups() {
    line("## Who serves what");
    line("");
    line("| group | workers | why |");
    line("| --- | --- | --- |");
    List<String> off = new ArrayList<>();
    for (RouteGroup group : RouteGroup.values()) {
      List<Member> members = made.assignment().reachable(group);
      if (members.isEmpty()) {
        off.add(group.id());
      } else {
        line("| %s | %s | %s |".formatted(group.id(), names(members), sources(members)));
      }
    }
    line("");
    line("Without workers of their own, served by their fallback: " + String.join(", ", off) + ".");
    line("");
    idle();
  }

  private static String names(List<Member> members) {
    return String.join(", ", members.stream().map(member -> member.worker().name()).toList());
  }

  private static String sources(List<Member> members) {
    return String.join("; ", members.stream().map(Member::source).distinct().toList());
  }

  private void idle() {
    List<String> idle =
        made.site().workers().stream()
            .filter(
                worker ->
                    made.workers().values().stream()
                        .noneMatch(names -> names.contains(worker.name())))
            .map(SynapseProcess::name)
            .toList();
    if (!idle.isEmpty()) {
      line("Workers that the gateway sends nothing: " + String.join(", ", idle) + ".");
      line("");
    }
  }

  private void findings(String title, boolean wanting) {
    Map<String, List<String>> places = Finding.byText(made.findings(), wanting);
    if (places.isEmpty()) {
      return;
    }
    line("## " + title);
    line("");
    new TreeMap<>(places)
        .forEach((text, where) -> line("- " + String.join(", ", where) + ": " + text));
    line("");
  }

  private void sockets() {
    if (made.sockets().isEmpty()) {
      return;
    }
    line("## Listeners to add");
    line("");
    line(
        "These are UNIX sockets, for processes of this machine; for one elsewhere write a line with `tls=true` (docs/scale.md). Keep the listeners that are there, add these, restart Synapse, and");
    line("import again.");
    line("");
    for (SynapseProcess process : made.sockets().processes()) {
      line(
          "%s, below `%s:`"
              .formatted(
                  process.place().file(), process.isMain() ? "listeners" : "worker_listeners"));
      line("");
      line("```yaml");
      page.append(made.sockets().lines(process));
      line("```");
      line("");
      made.site()
          .host(process)
          .filter(host -> !host.matches("localhost|127\\..*|::1"))
          .ifPresent(
              host -> {
                line(
                    "It runs on "
                        + host
                        + "; a UNIX socket reaches processes of the same machine only.");
                line("");
              });
    }
  }

  private void later() {
    if (made.migration().staying().isEmpty()) {
      return;
    }
    line("## nginx");
    line("");
    line(
        "With the gateway behind nginx: test it with `nginx -t`, switch with `nginx -s reload`; the old file is the way back.");
    line("");
    line("```nginx");
    page.append(made.migration().staying());
    line("```");
    line("");
    if (!made.migration().later().isEmpty()) {
      line(
          "Without nginx: the lines behind `# once nginx is gone:` in "
              + SettingsText.PATH
              + (made.besideListen().isEmpty()
                  ? ""
                  : ", without " + String.join(" and ", made.besideListen()))
              + "; what nginx serves besides must move.");
      line("");
    }
  }

  private void next() {
    line("## Next");
    line("");
    line("In the directory with these files:");
    line("");
    line("1. `./gateway check`: settings, routes, and whether the workers are well");
    line("2. `./gateway import --compare nginx.conf`: what nginx decides otherwise, for all paths");
    line(
        "3. `./gateway explain --from-log /var/log/nginx/access.log`: where the requests of a day would go");
    line("4. `./gateway run`: beside the proxy that serves the site now, " + made.where());
    line("5. let that proxy pass Synapse's requests to the gateway, and back if need be");
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
