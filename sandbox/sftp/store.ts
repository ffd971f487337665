/** The private internet's storage with sftp. Its name, port and user are like those of a Storage Box of Hetzner. */
export const sftpHost = {
  name: "u123456.your-storagebox.de",
  address: "192.0.2.71",
  port: 23,
  user: "u123456",
} as const;
