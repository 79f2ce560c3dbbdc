/** The words that a page is written in: its parts ask for them where they need them. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en, type Words } from '../words/en.js';

const Wording = createContext<Words>(en);

export const InWords = Wording.Provider;

export const useWords = (): Words => useContext(Wording);
