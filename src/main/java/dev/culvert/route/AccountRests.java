package dev.culvert.route;

import dev.culvert.config.Settings;
import dev.culvert.provider.Notes;
import dev.culvert.turn.Accounts;

/** Has accounts that rest do so in the next deployment as well. */
record AccountRests(Notes notes, Accounts accounts) {

  private static final String NOTE = "accounts";

  /** As the deployment before has left them. */
  void recall(Settings settings) {
    notes.read(NOTE).ifPresent(note -> accounts.recall(note, Accounts.credentials(settings)));
  }

  /** Leaves word for the next one. */
  void note(Settings settings) {
    notes.write(NOTE, accounts.note(Accounts.credentials(settings)));
  }
}
