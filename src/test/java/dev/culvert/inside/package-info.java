/** Tests that run in the server, inside the WAR, with Arquillian. */
package dev.culvert.inside;
