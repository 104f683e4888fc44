/** The threads of a deployment, and how long they wait for clients. */
package dev.culvert.thread;
