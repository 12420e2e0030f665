package org.synapsegateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.synapsegateway.explain.DryRunResult;
import org.synapsegateway.explain.Explainer;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.net.AddressSet;
import org.synapsegateway.process.Logging;

/**
 * Tells of many requests what {@code explain} tells of one, for the working directory's routes.
 *
 * <p>Reads lines of client, method, target and Authorization (maybe empty), parted by tabs. Writes for each its
 * group, "key" or "turn", and the sockets that may get it while all workers are up: the one of the key, or
 * all that take turns; none if the gateway answers itself.
 */
final class ExplainAll {
  private ExplainAll() {}

  public static void main(String[] arguments) throws IOException, HttpException {
    Logging.silence();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
    StringBuilder text = new StringBuilder();
    try (DryRun dryRun = DryRun.start()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        text.append(explain(dryRun, line.split("\t", -1))).append('\n');
      }
    }
    System.out.print(text);
  }

  private static String explain(DryRun dryRun, String[] request) throws HttpException {
    List<String> fields = new ArrayList<>();
    if (!request[3].isEmpty()) {
      fields.add("Authorization: " + request[3]);
    }
    InetAddress client = AddressSet.numeric(request[0]);
    DryRunResult result =
        dryRun.send(Explainer.head(request[1], request[2], fields), client);
    DryRunResult.Balanced balanced = result.balanced();
    boolean inTurn =
        balanced != null && balanced.key().isEmpty() && balanced.block().size() > 1;
    String sockets =
        result.attempts().stream()
            .limit(inTurn ? balanced.block().size() : 1)
            .map(DryRunResult.Attempt::server)
            .collect(Collectors.joining(" "));
    return result.group() + "\t" + (inTurn ? "turn" : "key") + "\t" + sockets;
  }
}
