// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.concurrent.Callable;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.exporter.NginxExport;
import org.synapsegateway.process.Logging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code export}: the routes as the configuration of another proxy. */
@Command(
    name = "export",
    description =
        "Prints the routes of this directory as an nginx.conf that decides as they do. A comment marks"
            + " each place where nginx cannot do the same; standard error has them too. Connects to"
            + " nothing.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:the configuration is printed",
      "1:the routes or the settings are not right",
      "2:a command line that makes no sense"
    },
    mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
  /** The proxies that are known. */
  enum Proxy {
    nginx
  }

  @Parameters(paramLabel = "PROXY", description = "the proxy: ${COMPLETION-CANDIDATES}")
  private Proxy proxy = Proxy.nginx;

  @Override
  public Integer call() {
    Logging.silence();
    try (DryRun dryRun = DryRun.start()) {
      NginxExport export =
          switch (proxy) {
            case nginx -> NginxExport.of(dryRun.context(), dryRun.settings());
          };
      System.out.print(export);
      export.limits().forEach(limit -> System.err.println("not as in the routes: " + limit));
      return 0;
    } catch (RuntimeException e) {
      System.err.println(StartupError.describe(e));
      return 1;
    }
  }
}
