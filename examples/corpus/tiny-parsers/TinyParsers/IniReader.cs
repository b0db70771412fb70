using System;
using System.Collections.Generic;
using System.IO;

namespace TinyParsers
{
    /// <summary>Thrown for a line that is neither a section, a setting nor a comment.</summary>
    public class IniException : Exception
    {
        public IniException(int line, string message)
            : base($"line {line}: {message}")
        {
            Line = line;
        }

        /// <summary>The number of the line, counted from 1.</summary>
        public int Line { get; }
    }

    /// <summary>Settings by section and name; neither cares about upper or lower case.</summary>
    public class IniFile
    {
        private readonly Dictionary<string, Dictionary<string, string>> sections =
            new Dictionary<string, Dictionary<string, string>>(StringComparer.OrdinalIgnoreCase);

        /// <summary>Reads a whole file.</summary>
        /// <param name="reader">Where the text comes from.</param>
        /// <exception cref="IniException">A line cannot be understood.</exception>
        public static IniFile Read(TextReader reader)
        {
            var file = new IniFile();
            string section = "";
            string line;
            for (int number = 1; (line = reader.ReadLine()) != null; number++)
            {
                line = line.Trim();
                if (line.Length == 0 || line[0] == ';' || line[0] == '#')
                {
                    continue;
                }
                if (line[0] == '[')
                {
                    if (!line.EndsWith("]", StringComparison.Ordinal))
                    {
                        throw new IniException(number, "the section has no closing bracket");
                    }
                    section = line.Substring(1, line.Length - 2).Trim();
                    continue;
                }
                int equals = line.IndexOf('=');
                if (equals < 1)
                {
                    throw new IniException(number, "expected name = value");
                }
                file.Set(section, line.Substring(0, equals).Trim(), Unquote(line.Substring(equals + 1).Trim()));
            }
            return file;
        }

        /// <summary>Removes the double quotes around a value.</summary>
        private static string Unquote(string value)
        {
            bool quoted = value.Length >= 2 && value[0] == '"' && value[value.Length - 1] == '"';
            return quoted ? value.Substring(1, value.Length - 2) : value;
        }

        /// <summary>Sets a value, replacing an earlier one.</summary>
        public void Set(string section, string name, string value)
        {
            if (!sections.TryGetValue(section, out var settings))
            {
                settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                sections[section] = settings;
            }
            settings[name] = value;
        }

        /// <summary>Returns a value, or the fallback when it was not set.</summary>
        public string Get(string section, string name, string fallback = null)
        {
            return sections.TryGetValue(section, out var settings) && settings.TryGetValue(name, out string value)
                ? value
                : fallback;
        }

        /// <summary>Returns a yes-or-no setting.</summary>
        /// <exception cref="FormatException">The value is neither.</exception>
        public bool GetFlag(string section, string name, bool fallback)
        {
            string value = Get(section, name);
            switch (value?.ToLowerInvariant())
            {
                case null:
                    return fallback;
                case "yes":
                case "true":
                case "on":
                case "1":
                    return true;
                case "no":
                case "false":
                case "off":
                case "0":
                    return false;
                default:
                    throw new FormatException($"{section}.{name} is neither yes nor no: {value}");
            }
        }
    }
}
