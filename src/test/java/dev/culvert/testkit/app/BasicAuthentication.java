package dev.culvert.testkit.app;

import static jakarta.security.enterprise.identitystore.CredentialValidationResult.INVALID_RESULT;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.security.enterprise.authentication.mechanism.http.BasicAuthenticationMechanismDefinition;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.util.Set;

/**
 * HTTP Basic authentication with two users: alice, in the group {@code chat}, and bob, in none. The
 * password is the name backwards.
 */
@BasicAuthenticationMechanismDefinition(realmName = "testkit")
@ApplicationScoped
public class BasicAuthentication implements IdentityStore {

  @Override
  public CredentialValidationResult validate(Credential credential) {
    if (!(credential instanceof UsernamePasswordCredential login)) {
      return CredentialValidationResult.NOT_VALIDATED_RESULT;
    }
    if (login.compareTo("alice", "ecila")) {
      return new CredentialValidationResult("alice", Set.of("chat"));
    }
    return login.compareTo("bob", "bob")
        ? new CredentialValidationResult("bob", Set.of())
        : INVALID_RESULT;
  }
}
