// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.synapsegateway.config.Spelling;
import org.synapsegateway.config.WorkerGroup;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.explain.TextTable;
import org.synapsegateway.loadbalance.ConsistentHash;
import org.synapsegateway.loadbalance.HashRing.Member;
import org.synapsegateway.loadbalance.RingChange;
import org.synapsegateway.loadbalance.RingChange.Move;
import org.synapsegateway.process.Logging;
import org.synapsegateway.settings.Setting;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code ring}: the workers' shares of the keys, and what a change would move. */
@Command(
    name = "ring",
    description =
        "Shows each worker's share of a group's keys, for instance users. With"
            + " --add or --remove it shows what would move, and connects to nothing. With --compare it"
            + " compares the rings of running gateways.",
    mixinStandardHelpOptions = true)
public final class RingCommand implements Callable<Integer> {
  private static final Pattern WORKER =
      Pattern.compile("(?:worker:)?([^?]+)(?:\\?weight=([1-9]\\d{0,8}))?");

  private static final Pattern PORT = Pattern.compile("(?:tcp:)?([^/]+:\\d+)");

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "GROUP",
      description = "the route's id; without, all groups that list workers")
  private Set<String> names = new LinkedHashSet<>();

  @Option(
      names = "--add",
      paramLabel = "WORKER",
      description =
          "a worker to add, as unix:/path.sock, tcp:host:port or the name of a socket in the workers'"
              + " directory, followed by ?weight=2 if its weight is not 1; may be given again")
  private List<String> added = new ArrayList<>();

  @Option(names = "--remove", paramLabel = "WORKER", description = "a worker to remove, likewise")
  private List<String> removed = new ArrayList<>();

  @Option(
      names = "--compare",
      paramLabel = "GATEWAY",
      split = ",",
      description =
          "a gateway's management port, as gw-0:9464: shows which gateways send keys elsewhere than"
              + " the first, all addresses of all names; others may follow; exit 1 if any does")
  private List<String> gateways = new ArrayList<>();

  @Mixin private Output output = new Output();

  /** A group whose workers a key chooses among. */
  private record Balanced(String name, ConsistentHash hash) {}

  /** A worker's share of a group's keys, from 0 to 1. */
  private record Share(String worker, int weight, double share) {}

  /**
   * How a group's keys are shared out.
   *
   * @param by what its requests are balanced by
   */
  private record Shares(String group, String by, List<Share> workers) {}

  /** What a worker has now, and what it would have. */
  private record Before(String worker, double now, double then) {}

  /** The part of all keys that would go from one worker to another. */
  private record Moved(String from, String to, double share) {}

  /**
   * What would become of a group's keys.
   *
   * @param moved the part of them that would move, from 0 to 1
   */
  private record Change(String group, double moved, List<Before> workers, List<Moved> moves) {}

  @Override
  public Integer call() {
    boolean changes = !added.isEmpty() || !removed.isEmpty();
    if (!gateways.isEmpty()) {
      return compare(changes);
    }
    if (changes && names.size() != 1) {
      throw new MissingParameterException(
          spec.commandLine(), List.of(), "Name the one GROUP that --add and --remove change");
    }
    Logging.silence();
    try (DryRun dryRun = DryRun.start()) {
      List<Balanced> groups = groups(dryRun);
      String directory = dryRun.settings().text(Setting.WORKERS_DIRECTORY);
      if (changes) {
        Change change = change(groups.get(0), directory);
        output.print(change, () -> text(change));
      } else {
        List<Shares> shares = groups.stream().map(RingCommand::shares).toList();
        output.print(shares, () -> text(shares));
      }
      return 0;
    } catch (ParameterException e) {
      throw e;
    } catch (RuntimeException e) {
      output.failToStart(e);
      return 1;
    }
  }

  private int compare(boolean changes) {
    if (changes) {
      throw misused("--compare shows the ring as it is, --add and --remove as it would be");
    }
    return RingComparison.run(gateways, names, output);
  }

  private ParameterException unknown(String name, List<WorkerGroup> groups) {
    return misused(
        "There is no group "
            + name
            + Spelling.hint(name, groups.stream().map(WorkerGroup::name).toList()));
  }

  private List<Balanced> groups(DryRun dryRun) {
    List<WorkerGroup> every = WorkerGroup.all(dryRun.context());
    for (String name : names) {
      WorkerGroup group =
          every.stream()
              .filter(known -> known.name().equals(name))
              .findFirst()
              .orElseThrow(() -> unknown(name, every));
      if (group.hash() == null) {
        throw misused("Group " + name + " has no ring: nothing chooses among its workers by a key");
      }
    }
    return every.stream()
        .flatMap(
            group -> Stream.ofNullable(group.hash()).map(hash -> new Balanced(group.name(), hash)))
        .filter(group -> names.isEmpty() ? group.hash.size() > 0 : names.contains(group.name))
        .toList();
  }

  // ---- as it is

  private static Shares shares(Balanced group) {
    List<Member> members = group.hash.members();
    Map<Move, Double> parts =
        members.isEmpty() ? Map.of() : RingChange.of(members, members, group.hash.getPoints());
    return new Shares(
        group.name,
        group.hash.getKey(),
        members.stream()
            .map(member -> new Share(member.name(), member.weight(), had(parts, member.name())))
            .toList());
  }

  private static TextTable text(List<Shares> groups) {
    TextTable table = new TextTable().row("group", "by", "share", "weight", "worker");
    for (Shares group : groups) {
      if (group.workers.isEmpty()) {
        table.row(group.group, group.by, "-", "-", "none of its own");
      }
      for (Share each : group.workers) {
        table.row(
            group.group, group.by, percent(each.share), Integer.toString(each.weight), each.worker);
      }
    }
    return table;
  }

  // ---- as it would be

  private Change change(Balanced group, String directory) {
    List<Member> before = group.hash.members();
    if (before.isEmpty()) {
      throw misused("Group " + group.name + " lists no workers, so there is nothing to move");
    }
    List<Member> after = new ArrayList<>(before);
    removed.forEach(text -> remove(after, member(text, directory), group));
    added.forEach(text -> add(after, member(text, directory), group));
    if (after.isEmpty()) {
      throw misused("Group " + group.name + " would have no worker left");
    }
    SortedMap<Move, Double> parts = parts(before, after, group);
    return new Change(
        group.name,
        sum(parts, move -> !move.stays()),
        Stream.concat(before.stream(), after.stream())
            .map(Member::name)
            .distinct()
            .map(name -> new Before(name, had(parts, name), sum(parts, to(name))))
            .toList(),
        parts.entrySet().stream()
            .filter(part -> !part.getKey().stays())
            .map(part -> new Moved(part.getKey().from(), part.getKey().to(), part.getValue()))
            .toList());
  }

  private SortedMap<Move, Double> parts(List<Member> before, List<Member> after, Balanced group) {
    try {
      return RingChange.of(before, after, group.hash.getPoints());
    } catch (IllegalArgumentException e) {
      throw misused("Group " + group.name + ": " + e.getMessage());
    }
  }

  private Member member(String text, String directory) {
    Matcher matcher = WORKER.matcher(text);
    if (!matcher.matches()) {
      throw misused(
          "\"" + text + "\" is not a worker; write unix:/path.sock or unix:/path.sock?weight=2");
    }
    int weight = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
    Matcher port = PORT.matcher(matcher.group(1));
    if (port.matches()) {
      return new Member(port.group(1), weight);
    }
    String name = matcher.group(1).replaceFirst("^unix:", "");
    return new Member("unix:" + (name.startsWith("/") ? "" : directory + "/") + name, weight);
  }

  private void remove(List<Member> members, Member gone, Balanced group) {
    if (!members.removeIf(member -> member.name().equals(gone.name()))) {
      List<String> known = members.stream().map(Member::name).toList();
      throw misused(
          "Group "
              + group.name
              + " has no worker "
              + gone.name()
              + Spelling.hint(gone.name(), known));
    }
  }

  private void add(List<Member> members, Member more, Balanced group) {
    if (members.stream().anyMatch(member -> member.name().equals(more.name()))) {
      throw misused("Group " + group.name + " has the worker " + more.name() + " already");
    }
    members.add(more);
  }

  private static String text(Change change) {
    TextTable members = new TextTable().row("now", "then", "worker");
    change.workers.forEach(each -> members.row(percent(each.now), percent(each.then), each.worker));
    TextTable moves = new TextTable();
    change.moves.forEach(
        move -> moves.row(percent(move.share), "from " + move.from, "to " + move.to));
    return members + "\n" + percent(change.moved).strip() + " of the keys move\n" + moves;
  }

  // ---- parts of the keys

  /** What a worker has before a change. */
  private static double had(Map<Move, Double> parts, String worker) {
    return sum(parts, move -> move.from().equals(worker));
  }

  private static Predicate<Move> to(String worker) {
    return move -> move.to().equals(worker);
  }

  private static double sum(Map<Move, Double> parts, Predicate<Move> which) {
    return parts.entrySet().stream()
        .filter(part -> which.test(part.getKey()))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private static String percent(double share) {
    return share == 0 ? "-" : "%4.1f %%".formatted(100 * share);
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
